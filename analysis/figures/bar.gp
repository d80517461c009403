# Bars of a metric, a group per value of the first key, a bar per series; dots where a logarithmic axis is needed.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
array name[series]
stats data using (name[int(column("series"))] = strcol("series_name"), 0) nooutput name "unused"
array group_name[groups]
stats data using (group_name[int(column("group"))] = strcol("group_name"), 0) nooutput name "unused"

# Heights of a bar and of the gap between groups; many bars are thinner.
many = groups * series > 40
bar = series == 1 ? (many ? 14 : 24) : (many ? 13 : 19)
gap = many ? 8 : 18
pitch = series * bar + gap
left = 40 + 7.6 * (name_width < 12 ? 12 : name_width)
right = 976 - (series > 1 ? 44 + 7.6 * series_width : 0)
top = 108
bottom = top + groups * pitch
width = 1000
height = bottom + (note eq "" ? 60 : 84)
load "style.gp"
text_font = many ? small_font : ""

set label 1 title at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 caption at screen from_left(24), from_top(54) left textcolor rgb quiet
set label 3 key_label at screen from_left(left - 10), from_top(88) right textcolor rgb quiet
set label 4 note at screen from_left(24), from_top(height - 18) left textcolor rgb quiet
set tmargin at screen from_top(top)
set bmargin at screen from_top(bottom)
set lmargin at screen from_left(left)
set rmargin at screen from_left(right)

# Room for the numbers: right of bars, and left of negative ones.
number_width = 7.4 * text_width + 24
if (value_log) {
    low_end = value_low / (value_high / value_low) ** 0.04
    set logscale x
    room = (right - left - number_width) / (right - left)
    set xrange [low_end : low_end * (value_high / low_end) ** (1 / (room < 0.3 ? 0.3 : room))]
    base = low_end
} else {
    base = 0
    least = value_low < 0 ? value_low : 0
    most = value_high > 0 || least == 0 ? value_high : 0
    room = right - left - (least < 0 ? number_width : 0) - (most > 0 ? number_width : 0)
    pixel = (most > least ? most - least : 1) / (room < 100 ? 100 : room)
    set xrange [least < 0 ? least - number_width * pixel : 0 : most > 0 || least == 0 ? most + number_width * pixel : 0]
}
set yrange [groups * pitch : 0]
set xtics format tic_format(value_high)
set xlabel value_label textcolor rgb quiet offset 0, lift
set grid xtics noytics
set ytics ()
do for [i = 1 : groups] { set ytics add (tic_name(group_name[i]) (i - 0.5) * pitch) }
set key at screen from_left(right + 20), from_top(top - 12) left top Left reverse vertical samplen 1.2 width -2
if (series > 1) { set label 5 series_label at screen from_left(right + 29), from_top(88) left textcolor rgb quiet }
if (!value_log) { set arrow 1 from first 0, graph 0 to first 0, graph 1 nohead linewidth 1 linecolor rgb quiet }

middle(unused) = (column("group") - 1) * pitch + gap / 2.0 + (column("series") - 0.5) * bar
low(unused) = middle(0) - 0.42 * bar
high(unused) = middle(0) + 0.42 * bar
half(unused) = column("half_width") >= 0 ? column("half_width") : 0
only(i, value) = column("series") == i ? value : NaN
known(unused) = column("known") > 0
positive(unused) = !known(0) || column("mean") >= 0
bar_end(unused) = known(0) ? column("mean") + (positive(0) ? half(0) : -half(0)) : base
plot for [i = 1 : value_log ? 0 : series] data using (only(i, 0)):(middle(0)):(0):"mean":(low(0)):(high(0)) \
        with boxxyerror fillstyle solid noborder linecolor rgb colour(i) title name[i], \
    for [i = 1 : value_log ? series : 0] data using (only(i, column("mean"))):(middle(0)) with points \
        pointtype mark(i) pointsize 1.2 * dot linecolor rgb colour(i) title name[i], \
    data using (half(0) > 0 ? column("mean") : NaN):(middle(0)):(half(0)) with xerrorbars \
        pointtype -1 linewidth 1.5 linecolor rgb ink, \
    data using (positive(0) ? bar_end(0) : NaN):(middle(0)):"text" with labels left offset 0.8, 0 font text_font \
        textcolor rgb ink, \
    data using (positive(0) ? NaN : bar_end(0)):(middle(0)):"text" with labels right offset -0.8, 0 font text_font \
        textcolor rgb ink
