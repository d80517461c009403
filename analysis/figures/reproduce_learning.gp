# Cost, minus the reward, above, optimal trainings below, over real interactions; a line per number of users, a column
# per hardware.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "n" nooutput name "n"
stats data using "users" nooutput name "users"
stats data using "interactions" nooutput name "interactions"
stats data using "least_ms" nooutput name "least"
array present[5]
do for [u = 1 : 5] { present[u] = 0 }
stats data using (present[int(column("users"))] = 1, 0) nooutput name "unused"
array shown[5]
count = 0
do for [u = 1 : 5] { if (present[u]) { count = count + 1; shown[count] = u } }
panels = int(panel_max)
array hardware[panels]
stats data using (hardware[int(column("panel"))] = strcol("hardware"), 0) nooutput name "unused"
width = 1000
height = 640
load "style.gp"
set multiplot
array shades[5] = [0xf3c98b, 0xe08214, 0xa9c3dc, 0x4477aa, 0x222f4f]
here(p, u, value) = column("panel") == p && column("users") == u ? value : NaN
set label 1 "Learning curves of tabular Q-learning by users, experiment A, threshold 89 %" at screen from_left(24), \
    from_top(30) \
    left font title_font textcolor rgb ink
set label 2 \
    sprintf("greedy answers, n = %s independent trainings; bands: least to largest of them; 1000 ms: accuracy missed", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set logscale x
set xrange [interactions_min : interactions_max]
set grid xtics nomxtics ytics
set xtics 10
do for [p = 1 : panels] {
    left = 90 + (p - 1) * (914.0 / panels)
    right = left + 904.0 / panels - 90
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(right)
    set tmargin at screen from_top(140)
    set bmargin at screen from_top(350)
    set xtics format ""
    set xlabel ""
    set logscale y
    set yrange [0.7 * least_min : 1300]
    set ytics (20, 50, 100, 200, 500, 1000)
    set label 3 hardware[p] at screen from_left(left), from_top(122) left textcolor rgb ink
    side = p == 1 ? "−reward (ms, log scale)" : ""
    set label 4 side at screen from_left(18), from_top(245) center rotate by 90 font small_font textcolor rgb quiet
    plot for [u = users_min : users_max] data using "interactions":(here(p, u, column("least_ms"))):"most_ms" with \
        filledcurves fillcolor rgb shades[u] fillstyle transparent solid 0.25 noborder, \
        for [u = users_min : users_max] data using "interactions":(here(p, u, column("cost_ms"))) with linespoints pointtype (u + 3) pointsize 1 pointinterval 8 \
            linewidth 2 \
            linecolor rgb shades[u]
    unset label 1
    unset label 2
    unset label 3
    set tmargin at screen from_top(386)
    set bmargin at screen from_top(576)
    set xtics format "%.0s%c"
    set xlabel "real interactions (decisions, log scale)" textcolor rgb quiet offset 0, lift
    unset logscale y
    set yrange [-4 : 104]
    set ytics 25
    side = p == 1 ? "trainings at the optimum (%)" : ""
    set label 4 side at screen from_left(18), from_top(481) center rotate by 90 font small_font textcolor rgb quiet
    plot for [u = users_min : users_max] data using "interactions":(here(p, u, column("optimal_percent"))) with \
        linespoints pointtype (u + 3) pointsize 1 pointinterval 8 linewidth 2 \
            linecolor rgb shades[u]
}
load "legend.gp"
plot for [i = 1 : count] NaN with linespoints pointtype (shown[i] + 3) pointsize 1 linewidth 2 linecolor rgb shades[shown[i]] \
    title sprintf("%d user%s", shown[i], shown[i] == 1 ? "" : "s")
unset multiplot
