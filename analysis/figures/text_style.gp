# The house style on a terminal: a script sets `lines` to the lines it fills, then says: load "text_style.gp"
# Before it stand screen_columns, screen_lines and screen_colour, 1 for a terminal that has them.
set encoding utf8
if (screen_colour) {
    set terminal dumb nofeed noenhanced size screen_columns, lines ansi256
} else {
    set terminal dumb nofeed noenhanced size screen_columns, lines mono
}
set output picture

# Columns and lines are the coordinates; both count from 0.
unset key
unset tics
unset border
set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set xrange [0 : screen_columns - 1]
set yrange [lines - 1 : 0]

# Colours for dark and for light terminals; text has the terminal's own.
array colours[6] = [0x5087d7, 0xd78700, 0x2f9f5f, 0xaf5faf, 0x9f8f1f, 0x2f9f9f]
colour(i) = colours[1 + (int(i) - 1) % 6]

# A text cut to what fits, and a character many times.
cut(text, width) = strlen(text) <= width ? text : width < 2 ? "" : substr(text, 1, width - 1) . "…"
row_of(character) = character . character . character . character . character . character . character . character
much(character) = row_of(row_of(row_of(character)))
many_of(character, count) = count < 1 ? "" : substr(much(character), 1, int(count))
