# Cumulative distributions, a line per series: steps over replications, or quantiles over requests.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
array name[series]
stats data using (name[int(column("series"))] = strcol("series_name"), 0) nooutput name "unused"

left = 84
right = 976 - (series > 1 ? 60 + 7.6 * series_width : 0)
top = 108
bottom = 460
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

span = x_high > x_low ? x_high - x_low : (x_high == 0 ? 1 : abs(x_high))
if (x_log) {
    set logscale x
    set xrange [x_low / 1.15 : x_high * 1.15]
} else {
    set xrange [x_low >= 0 && x_low < 0.4 * x_high ? 0 : x_low - 0.06 * span : x_high + 0.06 * span]
}
set xtics format tic_format(x_high)
set xlabel x_label textcolor rgb quiet offset 0, lift
set key at screen from_left(right + 20), from_top(top - 12) left top Left reverse vertical samplen 3 width -2
if (series > 1) { set label 5 series_label at screen from_left(right + 29), from_top(88) left textcolor rgb quiet }
only(i, value) = column("series") == i ? value : NaN
optimum(i) = name[i] eq "oracle"
line_colour(i) = optimum(i) ? 0x222222 : colour(i)
line_dash(i) = optimum(i) ? 2 : dash(i)
size(i) = (optimum(i) ? 0.5 : 0.9) * dot

# Tails are what quantiles are about: every halving of the rest is one step up.
height_of(percent) = -log(1 - percent / 100.0)
if (quantiles) {
    set yrange [0.9 * height_of(50) : 1.04 * height_of(99)]
    set ytics ("50" height_of(50), "90" height_of(90), "95" height_of(95), "99" height_of(99))
    plot for [i = 1 : series] data using (only(i, column("value"))):(height_of(column("percent"))):"low":"high" \
            with xerrorbars pointtype -1 linewidth 1.2 linecolor rgb line_colour(i), \
        for [i = 1 : series] data using (only(i, column("value"))):(height_of(column("percent"))) with linespoints \
            pointtype mark(i) pointsize size(i) linewidth 1.5 dashtype line_dash(i) linecolor rgb line_colour(i) \
            title name[i]
} else {
    set yrange [-1 : 104]
    set ytics 0, 25, 100
    plot for [i = 1 : series] data using (only(i, column("value"))):"percent" with steps \
            linewidth 2 dashtype line_dash(i) linecolor rgb line_colour(i), \
        for [i = 1 : series] data using (column("percent") > 0 ? only(i, column("value")) : NaN):"percent" with points \
            pointtype mark(i) pointsize 0.7 * size(i) linecolor rgb line_colour(i), \
        for [i = 1 : series] NaN with linespoints pointtype mark(i) pointsize size(i) linewidth 2 \
            dashtype line_dash(i) linecolor rgb line_colour(i) title name[i]
}
