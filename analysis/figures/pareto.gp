# Two metrics against each other with their intervals, and the front of those that no other beats in both.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
array name[series]
do for [i = 1 : series] { name[i] = "" }
stats data using (name[int(column("series"))] = strcol("series_name"), 0) nooutput name "unused"

left = 84
right = 976 - (series > 1 ? 44 + 7.6 * series_width : 0)
top = 108
bottom = 520
width = 1000
height = bottom + (note eq "" ? 64 : 88)
load "style.gp"

set label 1 title at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 caption at screen from_left(24), from_top(54) left textcolor rgb quiet
set label 3 y_label at screen from_left(24), from_top(88) left textcolor rgb quiet
set label 4 note at screen from_left(24), from_top(height - 18) left textcolor rgb quiet
set tmargin at screen from_top(top)
set bmargin at screen from_top(bottom)
set lmargin at screen from_left(left)
set rmargin at screen from_left(right)

span(low, high) = high > low ? high - low : high == 0 ? 1 : abs(high)
least(low, high) = low >= 0 && low < 0.4 * high ? 0 : low - 0.08 * span(low, high)
most(low, high) = high + 0.08 * span(low, high)
if (x_log) { set logscale x }
if (y_log) { set logscale y }
set xrange [x_log ? x_low / 1.2 : least(x_low, x_high) : x_log ? x_high * 1.2 : most(x_low, x_high)]
set yrange [y_log ? y_low / 1.2 : least(y_low, y_high) : y_log ? y_high * 1.2 : most(y_low, y_high)]
set xtics format tic_format(x_high)
set ytics format tic_format(y_high)
set xlabel x_label textcolor rgb quiet offset 0, lift
set key at screen from_left(right + 20), from_top(top - 12) left top Left reverse vertical samplen 1.2 width -2
if (series > 1) { set label 5 series_label at screen from_left(right + 29), from_top(88) left textcolor rgb quiet }

front(value) = column("front") == 1 ? value : NaN
behind(value) = column("front") == 0 ? value : NaN
only(i, value) = column("series") == i ? value : NaN
plot data using (front(column("x"))):"y" with lines linewidth 1.5 dashtype 2 linecolor rgb quiet, \
    data using "x":"y":"x_half_width":"y_half_width" with xyerrorbars pointtype -1 linewidth 1.2 linecolor rgb quiet, \
    for [i = 1 : series] data using (behind(only(i, column("x")))):"y" with points pointtype mark(i) \
        pointsize 1.3 * dot linecolor rgb "#ffffff", \
    for [i = 1 : series] data using (behind(only(i, column("x")))):"y" with points pointtype mark(i) - 1 \
        pointsize 1.3 * dot linewidth 1.5 linecolor rgb colour(i), \
    for [i = 1 : series] data using (front(only(i, column("x")))):"y" with points pointtype mark(i) \
        pointsize 1.4 * dot linecolor rgb colour(i), \
    data using (column("named") == 1 ? column("x") : NaN):"y":"name" with labels left offset 0.8, 0.5 font small_font \
        textcolor rgb quiet, \
    for [i = 1 : series] NaN with points pointtype mark(i) pointsize 1.4 * dot linecolor rgb colour(i) title name[i]
