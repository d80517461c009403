# A metric against a number, a line with its band per series.
set datafile separator tab
set datafile columnheaders
array name[series]
stats data using (name[int(column("series"))] = strcol("series_name"), 0) nooutput name "unused"

left = 84
right = 976 - (series > 1 ? 60 + 7.6 * series_width : 0)
top = 108
bottom = 500
width = 1000
height = bottom + (note eq "" ? 64 : 88)
load "style.gp"

set label 1 title at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 caption at screen from_left(24), from_top(54) left textcolor rgb quiet
set label 3 value_label at screen from_left(24), from_top(88) left textcolor rgb quiet
set label 4 note at screen from_left(24), from_top(height - 18) left textcolor rgb quiet
set tmargin at screen from_top(top)
set bmargin at screen from_top(bottom)
set lmargin at screen from_left(left)
set rmargin at screen from_left(right)

# Zero is in the picture where it is near.
span = value_high > value_low ? value_high - value_low : (value_high == 0 ? 1 : abs(value_high))
if (value_log) {
    set logscale y
    set yrange [value_low / 1.2 : value_high * 1.2]
} else {
    set yrange [value_low >= 0 && value_low < 0.4 * value_high ? 0 : value_low - 0.08 * span : value_high + 0.08 * span]
}
reach = x_high > x_low ? x_high - x_low : 1
if (x_log) {
    set logscale x
    set xrange [x_low * (x_low / x_high) ** 0.03 : x_high * (x_high / x_low) ** 0.03]
} else {
    set xrange [x_low - 0.03 * reach : x_high + 0.03 * reach]
}
set xtics format tic_format(x_high)
set ytics format tic_format(value_high)
if (x_ticks ne "") {
    set xtics ()
    do for [tick in x_ticks] { set xtics add (sprintf(tic_format(x_high), real(tick)) real(tick)) }
}
set xlabel x_label textcolor rgb quiet offset 0, lift
set key at screen from_left(right + 20), from_top(top - 12) left top Left reverse vertical samplen 3 width -2
if (series > 1) { set label 5 series_label at screen from_left(right + 29), from_top(88) left textcolor rgb quiet }

only(i, value) = column("series") == i ? value : NaN
optimum(i) = name[i] eq "oracle"
line_colour(i) = optimum(i) ? 0x222222 : colour(i)
line_dash(i) = optimum(i) ? 2 : dash(i)
# Many points are a line anyway; marks then stand here and there.
thin = 1 + x_count / 25
size(i) = (optimum(i) ? 0.5 : 0.9) * dot
plot for [i = 1 : series] data using (only(i, column("x"))):"low":"high" with filledcurves \
        fillcolor rgb line_colour(i) fillstyle transparent solid 0.22 noborder, \
    for [i = 1 : series] data using (only(i, column("x"))):"mean" with linespoints \
        pointtype mark(i) pointsize size(i) pointinterval thin linewidth 2 dashtype line_dash(i) \
        linecolor rgb line_colour(i) title name[i]
