# A metric as colour over two keys, darker where it is larger, a panel per value of the third.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
array across[columns]
array up[rows]
array panel[panels]
stats data using (across[int(column("x"))] = strcol("x_name"), up[int(column("y"))] = strcol("y_name"), \
    panel[int(column("panel"))] = strcol("panel_name"), 0) nooutput name "unused"

# A field is wide enough for its number, if all fit; panels stand in as many columns as there is room for.
left = 40 + 7.6 * (y_width < 6 ? 6 : y_width)
room = 960 - left
beside = panels == 1 ? 1 : columns <= 6 ? (panels < 3 ? panels : 3) : columns <= 14 ? 2 : 1
between = 24
cell_width = (room - (beside - 1) * between) / real(beside) / columns
cell_width = cell_width > 110 ? 110 : cell_width
cell_height = rows > 20 ? 18 : rows > 8 ? 24 : 34
# Names that are wider than a field stand upright.
upright = 8.0 * x_width > cell_width
under = upright ? 14 + 7.6 * x_width : 20
panel_width = columns * cell_width
panel_height = rows * cell_height
over = panels > 1 ? 26 : 0
below = (panels + beside - 1) / beside
top = 108
pitch = over + panel_height + under + 14
bottom = top + below * pitch
width = 1000
height = bottom + (note eq "" ? 66 : 92)
scale_top = bottom + 26
load "style.gp"

set multiplot
set label 1 title at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 caption at screen from_left(24), from_top(54) left textcolor rgb quiet
set label 3 y_label at screen from_left(24), from_top(90) left textcolor rgb quiet
set label 4 x_label at screen from_left(left + (beside * (panel_width + between) - between) / 2), \
    from_top(bottom + 8) center textcolor rgb quiet
set label 5 note at screen from_left(24), from_top(height - 18) left textcolor rgb quiet

# One hue from light to dark, for print without colour too.
set palette defined (0 "#eef3f8", 0.5 "#6f9bc4", 1 "#16283f")
if (value_log) { set logscale cb }
margin = value_high > value_low ? 0 : 0.5
set cbrange [value_low - margin : value_high + margin]
set colorbox user horizontal origin screen from_left(left), from_top(scale_top + 12) \
    size screen 220 / real(width), 12 / real(height) noborder
set cbtics format tic_format(value_high) offset 0, 0.4 font small_font textcolor rgb ink
set label 6 value_label at screen from_left(left + 232), from_top(scale_top + 6) left textcolor rgb quiet

set xrange [0.5 : columns + 0.5]
set yrange [y_numeric ? 0.5 : rows + 0.5 : y_numeric ? rows + 0.5 : 0.5]
unset grid
share(value) = value_high == value_low ? 0.5 \
    : value_log ? log(value / value_low) / log(value_high / value_low) : (value - value_low) / (value_high - value_low)
text_colour(value) = share(value) > 0.6 ? 0xffffff : 0x222222
digits(value) = abs(value) >= 100 || value == floor(value) ? sprintf("%.0f", value) \
    : abs(value) >= 10 ? sprintf("%.1f", value) : sprintf("%.2g", value)
fits = cell_width >= 36 && cell_height >= 18
set ytics ()
set xtics ()
do for [i = 1 : columns] { set xtics add (tic_name(across[i]) i) }
if (upright) { set xtics rotate by 90 right }
inside(i, value) = column("panel") == i ? value : NaN
do for [i = 1 : panels] {
    place = (i - 1) % beside
    line = (i - 1) / beside
    x0 = left + place * (panel_width + between)
    y0 = top + line * pitch + over
    set lmargin at screen from_left(x0)
    set rmargin at screen from_left(x0 + panel_width)
    set tmargin at screen from_top(y0)
    set bmargin at screen from_top(y0 + panel_height)
    if (panels > 1) {
        set label 7 panel[i] at screen from_left(x0 + panel_width / 2), from_top(y0 - 13) center textcolor rgb ink
    }
    unset ytics
    if (place == 0) { set ytics scale 0 (); do for [k = 1 : rows] { set ytics add (tic_name(up[k]) k) } }
    plot data using (column("known") > 0 ? inside(i, column("x")) : NaN):"y":(0.48):(0.48):"mean" with boxxyerror \
            fillstyle solid noborder linecolor palette, \
        data using (fits && column("known") > 0 ? inside(i, column("x")) : NaN):"y":(digits(column("mean"))) \
            :(text_colour(column("mean"))) with labels center font small_font textcolor rgb variable, \
        data using (column("known") == 0 ? inside(i, column("x")) : NaN):"y":("–") with labels center \
            textcolor rgb quiet
    unset label 1
    unset label 2
    unset label 3
    unset label 4
    unset label 5
    unset label 6
    unset colorbox
}
unset multiplot
