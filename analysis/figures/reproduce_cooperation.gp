# Accuracy against response time on a logarithmic axis: a panel per set of images, a mark per rule.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "n" nooutput name "n"
stats data using "place" nooutput name "place"
stats data using "response_ms" nooutput name "response"
panels = int(panel_max)
rules = int(place_max)
array set_name[panels]
array rule[rules]
stats data using (set_name[int(column("panel"))] = strcol("data"), rule[int(column("place"))] = strcol("name"), 0) nooutput \
    name "unused"
width = 1000
height = 480
load "style.gp"
set multiplot
here(p, i, value) = column("panel") == p && column("place") == i ? value : NaN
array shades[8] = [0x222222, 0xa0a0a0, 0xa9c3dc, 0x4477aa, 0xe08214, 0x9e3a26, 0xf3c98b, 0x12503a]
array shapes[8] = [7, 5, 9, 13, 11, 15, 7, 5]
set label 1 "Rules for light answers: accuracy and response time" at screen from_left(24), from_top(30) left font title_font \
    textcolor rgb ink
set label 2 \
    sprintf("mean over n = %s pairs of networks (ImageNet: replications); whiskers: 95 %% Student t interval; 33.68 Mbit/s, 4 pictures a second and camera", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left font small_font textcolor rgb quiet
set tmargin at screen from_top(144)
set bmargin at screen from_top(416)
set logscale x
set xrange [response_min * 0.6 : response_max * 1.5]
set xtics (1, 3, 10, 30, 100, 300, 1000)
do for [p = 1 : panels] {
    left = 82 + (p - 1) * (918.0 / panels)
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(left + 918.0 / panels - 54)
    set label 3 set_name[p] at screen from_left(left), from_top(126) left textcolor rgb ink
    set label 4 "mean response time (ms, log scale)" at screen from_left(left + 459.0 / panels - 27), from_top(462) center \
        textcolor rgb quiet
    set label 5 (p == 1 ? "mean accuracy (%)" : "") at screen from_left(16), from_top(280) center rotate by 90 textcolor rgb \
        quiet
    set autoscale y
    set offsets 0, 0, graph 0.08, graph 0.08
    plot for [i = 1 : rules] data using (here(p, i, column("response_ms"))):"accuracy":"response_low":"response_high" \
            :"accuracy_low":"accuracy_high" with xyerrorbars pointtype -1 linewidth 1.2 linecolor rgb shades[i], \
        for [i = 1 : rules] data using (here(p, i, column("response_ms"))):"accuracy" with points pointtype shapes[i] \
            pointsize 1.6 * dot linecolor rgb shades[i]
    unset label 1
    unset label 2
}
unset label 3
unset label 4
unset label 5
load "legend.gp"
set rmargin at screen from_left(976)
set key at screen from_left(976), from_top(92) font small_font
plot for [i = 1 : rules] NaN with points pointtype shapes[i] pointsize 1.6 * dot linecolor rgb shades[i] title rule[i]
unset multiplot
