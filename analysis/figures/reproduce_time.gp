# Shares of the time of an interaction: simulation, learning, planning; the whole stands behind each bar.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "n" nooutput name "n"
stats data using "row" nooutput name "row"
stats data using "panel" nooutput name "panel"
rows = int(row_max)
array learner[rows]
stats data using (learner[int(column("row"))] = strcol("policy"), 0) nooutput name "unused"
width = 1000
height = 204 + 28 * rows
load "style.gp"
set multiplot
array users[2]
stats data using (users[int(column("panel"))] = column("users"), 0) nooutput name "unused"
array heading[2] = ["fixed context", "changing contexts"]
array part[3] = ["simulation", "learning", "planning"]
array fills[3] = [0xa9c3dc, 0xe08214, 0x222f4f]
here(p, value) = column("panel") == p ? value : NaN
start(k) = k == 1 ? 0 : k == 2 ? column("simulation_us") : column("simulation_us") + column("learning_us")
size(k) = k == 1 ? column("simulation_us") : k == 2 ? column("learning_us") : column("planning_us")
share(value) = 100 * value / column("total_us")
low(unused) = column("row") - 0.34
high(unused) = column("row") + 0.34
whole(us) = us >= 1e4 ? sprintf("%.0f ms", us / 1e3) : us >= 1e3 ? sprintf("%.1f ms", us / 1e3) : sprintf("%.3g µs", us)
set label 1 "Where the time of a real interaction goes" at screen from_left(24), \
    from_top(30) left \
    font title_font textcolor rgb ink
set label 2 \
    sprintf("processor time on one machine, of the least disturbed of n = %s trainings; behind each bar: the whole, of one interaction", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left font small_font textcolor rgb quiet
set tmargin at screen from_top(140)
set bmargin at screen from_top(140 + 28 * rows)
set yrange [rows + 0.6 : 0.4]
set xrange [0 : 126]
set xtics 0, 25, 100
set xlabel "share of the time (%)" textcolor rgb quiet offset 0, lift
set grid xtics noytics
do for [p = int(panel_min) : int(panel_max)] {
    left = panel_max == panel_min ? 176 : 176 + (p - 1) * 405
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(left + 380)
    panel_name = sprintf("%s, %d users", heading[p], users[p])
    set label 3 panel_name at screen from_left(left), from_top(122) left textcolor rgb ink
    set ytics ()
    do for [r = 1 : rows] { set ytics add ((p == int(panel_min) ? learner[r] : "") r) }
    plot for [k = 1 : 3] data using (here(p, share(start(k)))):"row":(share(start(k))):(share(start(k) + \
        size(k))):(low(0)):(high(0)) \
            with boxxyerror fillstyle solid noborder linecolor rgb fills[k], \
        data using (here(p, 100)):"row":(whole(column("total_us"))) with labels left offset 0.6, 0 font small_font \
            textcolor rgb ink
    unset label 1
    unset label 2
}
load "legend.gp"
set key samplen 1.5
plot for [k = 1 : 3] NaN with boxes fillstyle solid noborder linecolor rgb fills[k] title part[k]
unset multiplot
