# Bars of response time, a group per experiment, a panel per hardware; a line marks the optimum of each group.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "n" nooutput name "n"
stats data using "group" nooutput name "group"
stats data using "response_ms" nooutput name "response"
panels = int(panel_max)
groups = int(group_max)
array hardware[panels]
stats data using (hardware[int(column("panel"))] = strcol("hardware"), 0) nooutput name "unused"
array experiment[groups]
stats data using (experiment[int(column("group"))] = strcol("experiment"), 0) nooutput name "unused"
half(unused) = column("half_width_ms") >= 0 ? column("half_width_ms") : 0
array most[panels]
do for [p = 1 : panels] {
    stats data using (column("panel") == p ? column("response_ms") + half(0) : NaN) nooutput name "one"
    most[p] = one_max
}
width = 1000
height = 214 + 106 * groups
load "style.gp"
set multiplot
array strategy[5] = ["device only", "edge only", "cloud only", "offload-only learner", "learner"]
here(p, b, value) = column("panel") == p && column("bar") == b ? value : NaN
middle(unused) = 106 * (column("group") - 1) + 17 + 18 * (column("bar") - 1)
low(unused) = middle(0) - 7.5
high(unused) = middle(0) + 7.5
array fills[5] = [0xa9c3dc, 0x4477aa, 0x222f4f, 0xf3c98b, 0xe08214]
set label 1 "Response time per experiment and strategy, five users, threshold 89 %" at screen from_left(24), \
    from_top(30) \
    left font title_font textcolor rgb ink
set label 2 \
    sprintf("mean over n = %s independent replications; whiskers: 95 %% Student t interval; dashed: optimum by brute force", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set tmargin at screen from_top(140)
set bmargin at screen from_top(140 + 106 * groups)
set yrange [106 * groups : 0]
set xlabel "mean response time (ms)" textcolor rgb quiet offset 0, lift
set grid xtics noytics
do for [p = 1 : panels] {
    left = 76 + (p - 1) * (904.0 / panels)
    right = left + 894.0 / panels - 76
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(right)
    set xrange [0 : most[p] * 1.18]
    set label 3 hardware[p] at screen from_left(left), from_top(122) left textcolor rgb ink
    set ytics ()
    do for [g = 1 : groups] { set ytics add ((p == 1 ? experiment[g] : "") 106 * g - 53) }
    side = p == 1 ? "experiment" : ""
    set label 4 side at screen from_left(24), from_top(140 + 53 * groups) center rotate by 90 textcolor rgb quiet
    plot for [b = 1 : 5] data using (here(p, b, 0)):(middle(0)):(0):"response_ms":(low(0)):(high(0)) with boxxyerror \
            fillstyle solid noborder linecolor rgb fills[b], \
        for [b = 1 : 5] data using (here(p, b, column("response_ms"))):(middle(0)):(half(0)) with xerrorbars \
            pointtype -1 \
            linewidth 1.5 linecolor rgb ink, \
        for [b = 1 : 5] data using (here(p, b, column("response_ms") + half(0))):(middle(0)):(sprintf("%.1f", \
            column("response_ms"))) \
            with labels left offset 0.6, 0 font small_font textcolor rgb ink, \
        data using (here(p, 6, column("response_ms"))):(106 * (column("group") - 1) + 6):(0):(94) with vectors \
            nohead dashtype 2 \
            linewidth 1.5 linecolor rgb ink
    unset label 1
    unset label 2
}
load "legend.gp"
set key samplen 1.5 font small_font
plot for [b = 1 : 5] NaN with boxes fillstyle solid noborder linecolor rgb fills[b] title strategy[b]
unset multiplot
