# Real interactions to the optimum on a logarithmic axis: a column per context and kind of service times, a row per
# learner,
# a mark per number of users; hollow where the mean is a lower bound, as trainings did not arrive.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "row" nooutput name "row"
stats data using "n" nooutput name "n"
stats data using "users" nooutput name "users"
stats data using "interactions" nooutput name "interactions"
stats data using (column("high") >= column("interactions") ? column("high") : column("interactions")) nooutput name \
    "high"
panels = int(panel_max)
rows = int(row_max)
array context[panels]
array services[panels]
stats data using (context[int(column("panel"))] = strcol("context"), services[int(column("panel"))] = \
    strcol("services"), 0) \
    nooutput name "unused"
array learner[rows]
stats data using (learner[int(column("row"))] = strcol("policy"), 0) nooutput name "unused"
series = int(users_max - users_min + 1)
pitch = 14 * series + 10
width = 1000
height = 222 + pitch * rows
load "style.gp"
set multiplot
array fills[3] = [0xe08214, 0x4477aa, 0x222f4f]
fill(u) = fills[1 + (int(u) - int(users_min)) % 3]
only(p, u, value) = column("panel") == p && column("users") == u ? value : NaN
place(unused) = (column("row") - 1) * pitch + 12 + 14 * (column("users") - users_min)
known(unused) = column("interactions") > 0
bound(unused) = column("arrived") < column("n") && !(column("high") >= 0)
end_of = 10 ** ceil(log10(high_max) + 0.15)
set label 1 "Real interactions until the greedy answers stay optimal" at screen from_left(24), from_top(30) left \
    font title_font textcolor rgb ink
set label 2 \
    sprintf("interquartile mean over n = %s trainings; whiskers: 95 %% bootstrap interval, dashed: without end; hollow: at least, as some did not arrive", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left font small_font textcolor rgb quiet
set tmargin at screen from_top(158)
set bmargin at screen from_top(158 + pitch * rows)
set yrange [pitch * rows : 0]
set logscale x
set xrange [interactions_min < 1 ? 0.7 : 0.7 * interactions_min : end_of]
set xtics format "%.0s%c"
set xtics 10 font small_font
set grid xtics nomxtics noytics
set xlabel "real interactions" textcolor rgb quiet offset 0, lift
do for [p = 1 : panels] {
    left = 176 + (p - 1) * (810.0 / panels)
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(left + 810.0 / panels - 26)
    set label 3 context[p] at screen from_left(left), from_top(124) left font small_font textcolor rgb ink
    set label 4 services[p] at screen from_left(left), from_top(142) left font small_font textcolor rgb ink
    set ytics ()
    do for [r = 1 : rows] { set ytics add ((p == 1 ? learner[r] : "") pitch * (r - 0.5)) }
    do for [r = 1 : rows - 1] { set arrow 10 + r from graph 0, first pitch * r to graph 1, first pitch * r nohead \
        linewidth 0.5 linecolor rgb grid }
    plot for [u = users_min : users_max] data using (column("high") >= 0 ? only(p, u, column("low")) : NaN):(place(0)) \
            :(column("high") - column("low")):(0) with vectors nohead linewidth 1.5 linecolor rgb ink, \
        for [u = users_min : users_max] data using (column("high") >= 0 ? NaN : only(p, u, column("low"))):(place(0)) \
            :(end_of - column("low")):(0) with vectors nohead dashtype 2 linewidth 1.5 linecolor rgb ink, \
        for [u = users_min : users_max] data using (bound(0) ? NaN : only(p, u, column("interactions"))):(place(0)) \
            with points \
            pointtype 7 pointsize 1.1 * dot linecolor rgb fill(u), \
        for [u = users_min : users_max] data using (bound(0) ? only(p, u, column("interactions")) : NaN):(place(0)) \
            with points \
            pointtype 7 pointsize 1.1 * dot linecolor rgb "#ffffff", \
        for [u = users_min : users_max] data using (bound(0) ? only(p, u, column("interactions")) : NaN):(place(0)) \
            with points \
            pointtype 6 pointsize 1.1 * dot linewidth 1.8 linecolor rgb fill(u)
    unset label 1
    unset label 2
}
load "legend.gp"
plot for [u = users_min : users_max] NaN with points pointtype 7 pointsize 1.1 * dot linecolor rgb fill(u) \
    title sprintf("%d user%s", u, u == 1 ? "" : "s")
unset multiplot
