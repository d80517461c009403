# Response time against users, a line per place, regular links on the left, weak ones on the right, a row per hardware.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "row" nooutput name "row"
stats data using "n" nooutput name "n"
stats data using "users" nooutput name "users"
stats data using "response_ms" nooutput name "response"
rows = int(row_max)
array hardware[rows]
stats data using (hardware[int(column("row"))] = strcol("hardware"), 0) nooutput name "unused"
half(unused) = column("half_width_ms") >= 0 ? column("half_width_ms") : 0
array most[rows]
do for [r = 1 : rows] {
    stats data using (column("row") == r ? column("response_ms") + half(0) : NaN) nooutput name "one"
    most[r] = one_max
}
width = 1000
height = 154 + 262 * rows
load "style.gp"
set multiplot
array place[3] = ["device only", "edge only", "cloud only"]
array conditions[2] = ["regular links (experiment A)", "weak links (experiment D)"]
here(r, c, l, value) = column("row") == r && column("column") == c && column("line") == l ? value : NaN
set label 1 "Device, edge or cloud alone, always with d0" at screen from_left(24), from_top(30) left font \
    title_font textcolor rgb ink
set label 2 \
    sprintf("mean over n = %s independent replications; whiskers: 95 %% Student t interval, mostly smaller than the mark", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set xrange [users_min - 0.3 : users_max + 0.3]
set xtics 1
do for [r = 1 : rows] {
    set yrange [0 : most[r] * 1.08]
    do for [c = 1 : 2] {
        set lmargin at screen from_left(c == 1 ? 76 : 552)
        set rmargin at screen from_left(c == 1 ? 494 : 970)
        set tmargin at screen from_top(140 + 262 * (r - 1))
        set bmargin at screen from_top(324 + 262 * (r - 1))
        set label 3 sprintf("%s, %s", hardware[r], conditions[c]) at graph 0, graph 1 left offset 0, 0.9 textcolor \
            rgb ink
        side = c == 1 ? "mean response time (ms)" : ""
        set label 4 side at screen from_left(18), from_top(232 + 262 * (r - 1)) center \
            rotate by 90 textcolor rgb quiet
        below = r == rows ? "users" : ""
        set xlabel below textcolor rgb quiet offset 0, lift
        plot for [l = 1 : 3] data using (here(r, c, l, column("users"))):"response_ms":(half(0)) with yerrorbars \
                pointtype -1 linewidth 1.5 linecolor rgb ink, \
            for [l = 1 : 3] data using (here(r, c, l, column("users"))):"response_ms" with linespoints \
                pointtype mark(l) pointsize dot linewidth 2 linecolor rgb colour(l)
        unset label 1
        unset label 2
    }
}
load "legend.gp"
plot for [l = 1 : 3] NaN with linespoints pointtype mark(l) pointsize dot linewidth 2 linecolor rgb colour(l) title \
    place[l]
unset multiplot
