# A metric against a number on a terminal: a letter per series, its intervals left to the picture.
set datafile separator tab
set datafile columnheaders
array name[series]
stats data using (name[int(column("series"))] = strcol("series_name"), 0) nooutput name "unused"
array legend[series]
rows = 0
do for [i = 1 : series] {
    entry = substr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", i, i) . " " . name[i]
    if (rows == 0 || strlen(legend[rows]) + strlen(entry) + 3 > screen_columns) {
        rows = rows + 1
        legend[rows] = entry
    } else {
        legend[rows] = legend[rows] . "   " . entry
    }
}
if (series == 1) { rows = 0 }
top = 3 + rows
lines = screen_lines - 2 < 16 ? 16 : screen_lines - 2 > 40 ? 40 : screen_lines - 2
lines = lines < top + 12 ? top + 12 : lines
load "text_style.gp"

set label 1 cut(title . ": " . value_label, screen_columns) at screen 0, 1 left
set label 2 cut("mean over " . replications . "; no intervals on a terminal", screen_columns) \
    at screen 0, 1 - 1.0 / (lines - 1) left
do for [i = 1 : rows] {
    set label 2 + i cut(legend[i], screen_columns) at screen 0, 1 - (i + 1.0) / (lines - 1) left
}
set tmargin top
set bmargin 3
set lmargin 9
set rmargin 3
set border 3
set xtics nomirror
set ytics nomirror
set xlabel x_label
span = value_high > value_low ? value_high - value_low : (value_high == 0 ? 1 : abs(value_high))
reach = x_high > x_low ? x_high - x_low : 1
if (value_log) { set logscale y }
if (x_log) { set logscale x }
set yrange [value_log ? value_low / 1.2 : value_low >= 0 && value_low < 0.4 * value_high ? 0 : value_low - 0.08 * span \
    : value_log ? value_high * 1.2 : value_high + 0.08 * span]
set xrange [x_low : x_high]
if (x_ticks ne "") {
    set xtics ()
    do for [tick in x_ticks] { set xtics add (sprintf("%g", real(tick)) real(tick)) }
}
only(i, value) = column("series") == i ? value : NaN
plot for [i = 1 : series] data using (only(i, column("x"))):"mean" with linespoints linetype i pointtype i \
    linecolor rgb colour(i)
