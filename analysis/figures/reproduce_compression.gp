# Accuracy over the heavy network against bytes of the file on a logarithmic axis: a panel per set of images, a colour per
# compressor, hollow in whole numbers of 8 bits.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "n" nooutput name "n"
stats data using "bytes_low" nooutput name "low"
stats data using "points_low" nooutput name "bottom"
stats data using "points_high" nooutput name "top"
panels = int(panel_max)
array set_name[panels]
stats data using (set_name[int(column("panel"))] = strcol("data"), 0) nooutput name "unused"
array networks[5] = ["actor-critic", "sensitivity", "random", "uniform", "heavy"]
width = 1000
height = 470
load "style.gp"
array shades[5] = [0xe08214, 0x4477aa, 0x12503a, 0xa0a0a0, 0x222f4f]
set multiplot
here(p, i, precision, value) = column("panel") == p && strcol("network") eq networks[i] && strcol("precision") eq \
    precision && !(i == 5 && precision eq "FP32") ? value : NaN
set label 1 "Compressed networks: size and accuracy" at screen from_left(24), from_top(30) left font title_font \
    textcolor rgb ink
set label 2 \
    sprintf("mean over n = %s seeds, accuracy on images that nothing was chosen with; whiskers: 95 %% Student t interval", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set tmargin at screen from_top(136)
set bmargin at screen from_top(400)
set logscale x
set xrange [low_min * 0.8 : 110]
set xtics (1, 2, 5, 10, 20, 50, 100)
set yrange [bottom_min - 0.1 : top_max + 0.1]
set xlabel "bytes of the file, % of the heavy network's (log scale)" textcolor rgb quiet offset 0, lift
do for [p = 1 : panels] {
    left = 76 + (p - 1) * (914.0 / panels)
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(left + 904.0 / panels - 60)
    set label 3 set_name[p] at screen from_left(left), from_top(120) left textcolor rgb ink
    side = p == 1 ? "points of accuracy over the heavy network" : ""
    set label 4 side at screen from_left(18), from_top(268) center rotate by 90 textcolor rgb quiet
    plot 0 with lines dashtype 3 linewidth 1.5 linecolor rgb ink, \
        for [i = 1 : 5] for [precision in "FP32 INT8"] data using "bytes":(here(p, i, precision, column("points"))) \
            :"bytes_low":"bytes_high":"points_low":"points_high" with xyerrorbars pointtype -1 linewidth 1.2 linecolor rgb \
            shades[i], \
        for [i = 1 : 5] data using "bytes":(here(p, i, "FP32", column("points"))) with points pointtype mark(i) pointsize \
            1.5 * dot linecolor rgb shades[i], \
        for [i = 1 : 5] data using "bytes":(here(p, i, "INT8", column("points"))) with points pointtype (mark(i) - 1) \
            pointsize 1.5 * dot linewidth 2 linecolor rgb shades[i]
    unset label 1
    unset label 2
}
unset label 3
load "legend.gp"
set key font small_font
plot for [i = 1 : 5] NaN with points pointtype mark(i) pointsize 1.5 * dot linecolor rgb shades[i] title networks[i], \
    NaN with points pointtype 6 pointsize 1.5 * dot linewidth 2 linecolor rgb quiet title "hollow: INT8"
unset multiplot
