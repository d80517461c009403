# What tests that drive the program as a person does share; sourced by them. ORCHID_PROGRAM is the executable,
# ORCHID_SOURCE_ROOT the source tree. They work in a scratch folder, which is removed at the end.
program=$ORCHID_PROGRAM
export ORCHID_DATA="$ORCHID_SOURCE_ROOT"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
tests=0
failed=0

# orchid ARGUMENT...: runs the program; its status goes to $status, its words to the files out and err.
orchid() {
    "$program" "$@" >out 2>err
    status=$?
}

# name SENTENCE: begins a test.
name() {
    tests=$((tests + 1))
    sentence=$1
    good=yes
}

fail() {
    [ $good = yes ] && failed=$((failed + 1))
    good=no
    echo "FAILED $sentence: $1" >&2
    sed 's/^/    err: /' err >&2
}

ended() {
    [ "$status" = "$1" ] || fail "status is $status, expected $1"
}

says() {
    grep -qF -- "$2" "$1" || fail "'$2' is not in $1"
}

silent() {
    [ ! -s "$1" ] || fail "$1 is not empty"
}
