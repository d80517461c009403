# Distribution over replications: a box and a dot per run, a group per value of the first key.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
array name[series]
stats data using (name[int(column("series"))] = strcol("series_name"), 0) nooutput name "unused"
array group_name[groups]
stats data using (group_name[int(column("group"))] = strcol("group_name"), 0) nooutput name "unused"

# Heights of a box and of the gap between groups.
many = groups * series > 40
bar = many ? 16 : 28
gap = many ? 8 : 18
pitch = series * bar + gap
left = 40 + 7.6 * (name_width < 12 ? 12 : name_width)
right = 976 - (series > 1 ? 44 + 7.6 * series_width : 0)
top = 108
bottom = top + groups * pitch
width = 1000
height = bottom + (note eq "" ? 60 : 84)
load "style.gp"

set label 1 title at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 caption at screen from_left(24), from_top(54) left textcolor rgb quiet
set label 3 key_label at screen from_left(left - 10), from_top(88) right textcolor rgb quiet
set label 4 note at screen from_left(24), from_top(height - 18) left textcolor rgb quiet
set tmargin at screen from_top(top)
set bmargin at screen from_top(bottom)
set lmargin at screen from_left(left)
set rmargin at screen from_left(right)

span = value_high > value_low ? value_high - value_low : (value_high == 0 ? 1 : abs(value_high))
if (value_log) {
    set logscale x
    set xrange [value_low / 1.15 : value_high * 1.15]
} else {
    set xrange [value_low >= 0 && value_low < 0.4 * value_high ? 0 : value_low - 0.06 * span : value_high + 0.06 * span]
}
set yrange [groups * pitch : 0]
set xtics format tic_format(value_high)
set xlabel value_label textcolor rgb quiet offset 0, lift
set grid xtics noytics
set ytics ()
do for [i = 1 : groups] { set ytics add (tic_name(group_name[i]) (i - 0.5) * pitch) }
set key at screen from_left(right + 20), from_top(top - 12) left top Left reverse vertical samplen 1.2 width -2
if (series > 1) { set label 5 series_label at screen from_left(right + 29), from_top(88) left textcolor rgb quiet }

if (series > 1) { do for [i = 1 : groups - 1] {
    set arrow i from graph 0, first i * pitch to graph 1, first i * pitch nohead linecolor rgb grid
} }

middle(unused) = (column("group") - 1) * pitch + gap / 2.0 + (column("series") - 0.5) * bar
# Dots lie side by side, in an order that does not look like one.
beside(unused) = column("n") == 1 ? middle(0) : middle(0) + 0.26 * bar * ((($0 * 7) - 11 * floor($0 * 7 / 11)) / 5.0 - 1)
first(value) = column("first") == 1 ? value : NaN
only(i, value) = column("series") == i ? value : NaN
dotted(value) = every_dot || value < column("low") || value > column("high") ? value : NaN
boxed(value) = column("n") >= box_least ? first(value) : NaN
plot for [i = 1 : boxes * series] data using (only(i, boxed(column("median")))):(middle(0)):"quartile_1":"quartile_3" \
        :(middle(0) - 0.36 * bar):(middle(0) + 0.36 * bar) with boxxyerror \
        linecolor rgb colour(i) fillstyle transparent solid 0.4 border linecolor rgb colour(i) title name[i], \
    data using (boxed(column("low"))):(middle(0)):(column("quartile_1") - column("low")):(0) with vectors nohead \
        linewidth 1.5 linecolor rgb ink, \
    data using (boxed(column("quartile_3"))):(middle(0)):(column("high") - column("quartile_3")):(0) with vectors \
        nohead linewidth 1.5 linecolor rgb ink, \
    data using (boxed(column("median"))):(middle(0) - 0.36 * bar):(0):(0.72 * bar) with vectors nohead \
        linewidth 2 linecolor rgb ink, \
    for [i = 1 : series] data using (only(i, dotted(column("value")))):(beside(0)) with points pointtype 6 \
        pointsize 0.5 * dot linecolor rgb (series > 1 ? colour(i) : 0x222222) title (boxes ? "" : name[i]), \
    data using (column("n") == 0 ? first(value_low) : NaN):(middle(0)):(" no value") with labels left textcolor rgb quiet
