# Bars of a metric as lines of a terminal: a line per bar, under a line per group where it has several.
set datafile separator tab
set datafile columnheaders
pitch = series == 1 ? 1 : series + 1
top = 3
lines = top + groups * pitch + (value_log ? 1 : 0) + (note eq "" ? 0 : 2)
load "text_style.gp"

# From left to right: names, bars, numbers.
wanted = series == 1 ? name_width : 2 + (series_width > name_width ? series_width : name_width)
names = wanted > 0.4 * screen_columns ? int(0.4 * screen_columns) : wanted
room = screen_columns - names - text_width - 3
room = room < 8 ? 8 : room
least = value_log ? log10(value_low) - 0.1 : value_low < 0 ? value_low : 0
most = value_log ? log10(value_high) : value_high > 0 ? value_high : 0
place(value) = most > least ? (value - least) / (most - least) * (room - 1) : 0
zero = value_log ? 0 : place(0)
start(value) = names + 1 + (value < zero ? value : zero)
length(value) = abs(floor(value + 0.5) - floor(zero + 0.5))

set label 1 cut(title . ": " . value_label, screen_columns) at 0, 0 left
set label 2 cut("mean ± 95 % Student t interval over " . replications, screen_columns) at 0, 1 left
set label 3 cut(note, screen_columns) at 0, lines - 1 left
if (value_log) {
    set label 4 sprintf("logarithmic: %.3g times per #", 10 ** ((most - least) / (room - 1))) \
        at names + 1, top + groups * pitch left
}

mean_place(unused) = value_log ? place(log10(column("mean"))) : place(column("mean"))
bar(unused) = column("known") == 0 ? "" : many_of("#", length(mean_place(0)) < 1 ? 1 : length(mean_place(0)))
line(unused) = top + (column("group") - 1) * pitch + (series == 1 ? 0 : column("series"))
behind(unused) = column("known") == 0 ? names + 1 : start(mean_place(0)) + strlen(bar(0)) + (strlen(bar(0)) > 0 ? 1 : 0)
only(i, value) = column("series") == i ? value : NaN
plot data using (0):(line(0)):(cut(series == 1 ? strcol("group_name") : "  " . strcol("series_name"), names)) \
        with labels left, \
    data using (series == 1 ? NaN : 0):(top + (column("group") - 1) * pitch) \
        :(cut(key_label . " " . strcol("group_name"), screen_columns)) \
        with labels left, \
    for [i = 1 : series] data using (only(i, start(mean_place(0)))):(line(0)):(bar(0)) with labels left \
        textcolor rgb colour(i), \
    data using (behind(0)):(line(0)):"text" with labels left
