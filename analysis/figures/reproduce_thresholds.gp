# Response time above, accuracy below, over the accuracy threshold; a column per hardware.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "n" nooutput name "n"
stats data using "position" nooutput name "position"
stats data using "accuracy_percent" nooutput name "accuracy"
panels = int(panel_max)
positions = int(position_max)
array hardware[panels]
stats data using (hardware[int(column("panel"))] = strcol("hardware"), 0) nooutput name "unused"
array threshold[positions]
stats data using (threshold[int(column("position"))] = column("threshold_percent"), 0) nooutput name "unused"
array most[panels]
do for [p = 1 : panels] {
    stats data using (column("panel") == p ? column("response_ms") : NaN) nooutput name "one"
    most[p] = one_max
}
width = 1000
height = 640
load "style.gp"
set multiplot
array strategy[2] = ["learner", "offload-only learner"]
array line_colours[2] = [0xe08214, 0x4477aa]
here(p, l, value) = column("panel") == p && column("line") == l ? value : NaN
half(name) = column(name) >= 0 ? column(name) : 0
set label 1 "What a lower accuracy threshold buys, experiment A, five users" at screen from_left(24), from_top(30) \
    left \
    font title_font textcolor rgb ink
set label 2 \
    sprintf("mean over n = %s independent replications; whiskers: 95 %% Student t interval, mostly smaller than the mark", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set xrange [0.6 : positions + 0.4]
do for [p = 1 : panels] {
    left = 76 + (p - 1) * (914.0 / panels)
    right = left + 904.0 / panels - 76
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(right)
    set xtics ()
    do for [i = 1 : positions] { set xtics add ("" i) }
    set xlabel ""
    set tmargin at screen from_top(140)
    set bmargin at screen from_top(350)
    set yrange [0 : most[p] * 1.12]
    set ytics autofreq
    set label 3 hardware[p] at screen from_left(left), from_top(122) left textcolor rgb ink
    side = p == 1 ? "mean response time (ms)" : ""
    set label 4 side at screen from_left(18), from_top(245) center rotate by 90 textcolor rgb quiet
    plot for [l = 1 : 2] data using (here(p, l, column("position"))):"response_ms" with lines linewidth 2 \
            linecolor rgb line_colours[l], \
        for [l = 1 : 3] data using (here(p, l, column("position"))):"response_ms":(half("half_width_ms")) with \
            yerrorbars \
            pointtype -1 linewidth 1.5 linecolor rgb ink, \
        for [l = 1 : 2] data using (here(p, l, column("position"))):"response_ms" with points pointtype mark(l) \
            pointsize 1.2 * dot \
            linecolor rgb line_colours[l], \
        data using (here(p, 3, column("position"))):"response_ms" with points pointtype 1 pointsize 1.6 * dot \
            linewidth 1.5 \
            linecolor rgb ink
    unset label 1
    unset label 2
    unset label 3
    set tmargin at screen from_top(386)
    set bmargin at screen from_top(576)
    set yrange [accuracy_min - 2 : 92]
    set ytics 5
    do for [i = 1 : positions] { set xtics add ((threshold[i] == 0 ? "none" : sprintf("%g", threshold[i])) i) }
    set xlabel "accuracy threshold (%)" textcolor rgb quiet offset 0, lift
    side = p == 1 ? "mean accuracy (%)" : ""
    set label 4 side at screen from_left(18), from_top(481) center rotate by 90 textcolor rgb quiet
    plot for [l = 1 : 2] data using (here(p, l, column("position"))):"accuracy_percent" with lines linewidth 2 \
            linecolor rgb line_colours[l], \
        for [l = 1 : 2] data using (here(p, l, column("position"))):"accuracy_percent" with points pointtype mark(l) \
            pointsize 1.2 * dot linecolor rgb line_colours[l], \
        data using (here(p, 3, column("position"))):"accuracy_percent" with points pointtype 1 pointsize 1.6 * dot \
            linewidth 1.5 \
            linecolor rgb ink, \
        data using (here(p, 1, column("threshold_percent") > 0 ? column("position") - 0.4 : \
            NaN)):"threshold_percent":(0.8):(0) \
            with vectors nohead dashtype 3 linewidth 1.5 linecolor rgb ink
}
load "legend.gp"
set key font small_font
plot for [l = 1 : 2] NaN with linespoints pointtype mark(l) pointsize 1.2 * dot linewidth 2 linecolor rgb \
    line_colours[l] \
        title strategy[l], \
    NaN with points pointtype 1 pointsize 1.6 * dot linewidth 1.5 linecolor rgb ink title "optimum by brute force", \
    NaN with lines dashtype 3 linewidth 1.5 linecolor rgb ink title "threshold"
unset multiplot
