# Drawn by `orchid figure capacity`. Change what you like, here and in the data, and redraw: gnuplot -d 'capacity.gp'
# orchid replaces both files only while they match these checksums.
# Sealed 9aacf9dca6f20d0c 7e55032ad0b87a9d
reset
data = 'capacity.tsv'
picture = 'capacity.png'
format = 'png'

# Time above, memory below; against devices on the left, against load on the right; one line per policy.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using (scenario = strcol("scenario"), rate = column("fixed_rate"), users = column("fixed_users"), \
    column("n")) nooutput name "n"
stats data using "line" nooutput name "line"
half(name) = column(name . "_half_width_squared") > 0 ? sqrt(column(name . "_half_width_squared")) : 0
# A whisker that reaches down to nothing ends in the picture.
low(name) = column(name) - half(name) > 0.3 * column(name) ? column(name) - half(name) : 0.3 * column(name)
high(name) = column(name) + half(name)
stats data using (low("ns")) nooutput name "ns_low"
stats data using (high("ns")) nooutput name "ns_high"
stats data using (low("bytes")) nooutput name "bytes_low"
stats data using (high("bytes")) nooutput name "bytes_high"
stats data using (column("panel") == 1 ? column("x") : NaN) nooutput name "devices"
stats data using (column("panel") == 2 ? column("x") : NaN) nooutput name "load"
stats data using (column("busiest_percent") >= 95) nooutput name "saturated"
lines = line_max
array policy[lines]
stats data using (policy[int(column("line"))] = strcol("policy"), 0) nooutput name "unused"

width = 1000
height = saturated_max > 0 ? 664 : 640
# The house style of all figures: a script sets `width` and `height` in pixels, then says: load "style.gp"
# Before it stand data, picture and format: the files to read and to write, and one of png, svg, pdf.
set encoding utf8

# PNG has twice the pixels, for sharp text on paper and screen. SVG names no font that only some machines have.
if (format eq "png") {
    set terminal pngcairo noenhanced size 2 * width, 2 * height font "DejaVu Sans,11" fontscale 2 linewidth 2 \
        pointscale 2 background "#ffffff"
    title_font = "DejaVu Sans:Bold,14"
    small_font = "DejaVu Sans,9"
    dot = 1.0
    lift = 0.2
}
if (format eq "svg") {
    set terminal svg noenhanced size width, height font "sans-serif,14.5" linewidth 1 background "#ffffff"
    title_font = "sans-serif,20"
    small_font = "sans-serif,12"
    dot = 0.6
    lift = 0.7
    set errorbars 0.5
}
if (format eq "pdf") {
    set terminal pdfcairo noenhanced size width / 96.0, height / 96.0 font "DejaVu Sans,11" fontscale 0.75 \
        linewidth 1 pointscale 0.7 background "#ffffff"
    title_font = "DejaVu Sans:Bold,14"
    small_font = "DejaVu Sans,9"
    dot = 1.0
    lift = 0.2
}
set output picture

# Colour-blind safe; grey levels differ, so that print without colour stays readable.
ink = "#222222"
quiet = "#666666"
grid = "#e3e3e3"
blue = "#4477aa"
orange = "#e08214"

set border 0 linecolor rgb ink
set tics scale 0 textcolor rgb ink
set grid linetype 1 linecolor rgb grid linewidth 1
set key noautotitle textcolor rgb ink

# Lines, bars and points that are told apart: by colour, by shade, and lines by their marks and dashes too.
array colours[8] = [0x4477aa, 0xe08214, 0x12503a, 0xa9c3dc, 0x222f4f, 0xa0a0a0, 0x9e3a26, 0xf3c98b]
array marks[8] = [7, 5, 9, 13, 11, 7, 5, 9]
colour(i) = colours[1 + (int(i) - 1) % 8]
mark(i) = marks[1 + (int(i) - 1) % 8]
dash(i) = 1 + ((int(i) - 1) / 8) % 3

# In a name beside a tic, "%" has to stand for itself.
percent_at(text) = strstrt(text, "%")
tic_name(text) = percent_at(text) == 0 ? text \
    : substr(text, 1, percent_at(text)) . "%" . tic_name(substr(text, percent_at(text) + 1, strlen(text)))

# Numbers at axes: plain, but 200k and 3M where they are large.
tic_format(high) = high >= 1e5 ? "%.0s%c" : "%g"

# Distances in pixels from the left and the top, as fractions of the picture.
from_left(pixels) = pixels / real(width)
from_top(pixels) = 1 - pixels / real(height)
set multiplot

n_text = n_max == 1 ? "one replication; no interval" : sprintf( \
    "mean over n = %s independent replications; whiskers: 95 %% Student t interval", \
    n_min == n_max ? sprintf("%d", n_min) : sprintf("%d to %d", n_min, n_max))
set label 1 scenario at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 n_text at screen from_left(24), from_top(54) left textcolor rgb quiet
if (saturated_max > 0) set label 3 "Hollow: some group of nodes is busy for 95 % of the time or more" \
    at screen from_left(24), from_top(height - 18) left textcolor rgb quiet

only(panel, i, value) = column("panel") == panel && column("line") == i ? value : NaN
saturated(value) = column("busiest_percent") >= 95 ? value : NaN
beside(i) = policy[int(i)] eq "oracle" ? 0x222222 : colour(i)

# Marks at 1, 2 and 5 of every power of ten that lie between two values.
tick(digit, power) = digit * 10.0 ** power
inside(value, low, high) = value >= low && value <= high

set logscale xy
set grid xtics ytics nomxtics nomytics
array panel_left[2] = [76, 566]
array panel_right[2] = [480, 970]
array panel_top[2] = [120, 396]
array panel_bottom[2] = [326, 576]
array measure[2] = ["ns", "bytes"]
do for [row = 1 : 2] {
    what = measure[row]
    bottom = (row == 1 ? ns_low_min : bytes_low_min) / 1.25
    top = (row == 1 ? ns_high_max : bytes_high_max) * 1.25
    set yrange [bottom : top]
    set ytics ()
    do for [power = -2 : 12] { do for [digit in "1 2 5"] {
        if (inside(tick(digit, power), bottom, top)) {
            set ytics add (gprintf(row == 1 ? "%g" : "%.0s%c", tick(digit, power)) tick(digit, power))
        }
    } }
    set tmargin at screen from_top(panel_top[row])
    set bmargin at screen from_top(panel_bottom[row])
    do for [side = 1 : 2] {
        set lmargin at screen from_left(panel_left[side])
        set rmargin at screen from_left(panel_right[side])
        least = side == 1 ? devices_min : load_min
        most = side == 1 ? devices_max : load_max
        reach = most > least ? (most / least) ** 0.04 : 2
        set xrange [least / reach : most * reach]
        set xtics ()
        do for [power = -6 : 9] { do for [digit in (most < 100 * least ? "1 2 5" : "1")] {
            if (inside(tick(digit, power), least / reach, most * reach)) {
                set xtics add (gprintf(side == 1 ? "%.0s%c" : "%g", tick(digit, power)) tick(digit, power))
            }
        } }
        set label 4 (row == 1 ? "CPU time (ns per request)" : "memory (bytes per device)") \
            at screen from_left(panel_left[side] - 52), from_top(panel_top[row] - 24) left textcolor rgb quiet
        set xlabel (row == 1 ? "" : side == 1 ? sprintf("devices, %g requests per second each", rate) \
            : sprintf("requests per second and device, %.0f devices", users)) textcolor rgb quiet offset 0, lift
        plot for [i = 1 : lines] data using "x":(only(side, i, column(what))) with lines \
                linewidth 2 dashtype dash(i) linecolor rgb beside(i), \
            for [i = 1 : lines] data using "x":(only(side, i, column(what))):(low(what)):(high(what)) \
                with yerrorbars pointtype -1 linewidth 1.5 linecolor rgb beside(i), \
            for [i = 1 : lines] data using "x":(only(side, i, column(what))) with points \
                pointtype mark(i) pointsize dot linecolor rgb beside(i), \
            for [i = 1 : lines] data using "x":(saturated(only(side, i, column(what)))) with points \
                pointtype mark(i) pointsize 0.6 * dot linecolor rgb "#ffffff"
        unset label 1
        unset label 2
        unset label 3
    }
}

# The key has the width of the picture.
unset label
unset xlabel
unset xtics
unset ytics
unset grid
set lmargin at screen from_left(76)
set key at screen from_left(970), from_top(30) right center horizontal samplen 3
plot for [i = 1 : lines] NaN with linespoints pointtype mark(i) pointsize dot linewidth 2 \
    dashtype dash(i) linecolor rgb beside(i) title policy[i]
unset multiplot
