# Cost, minus the reward, above, agreement with the optimum below, over real interactions; a line per learner, a column
# per kind of context.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "n" nooutput name "n"
stats data using "least_ms" nooutput name "least"
array last[2]
do for [p = 1 : 2] {
    last[p] = 0
    stats data using (column("panel") == p ? (last[p] = column("interactions") > last[p] ? column("interactions") : \
        last[p], 0) : 0) \
        nooutput name "unused"
}
array learner[8]
do for [i = 1 : 8] { learner[i] = "" }
stats data using (learner[int(column("line"))] = strcol("policy"), 0) nooutput name "unused"
array present[8]
count = 0
do for [i = 1 : 8] { if (learner[i] ne "") { count = count + 1; present[count] = i } }
width = 1000
height = 660
load "style.gp"
set multiplot
here(p, l, value) = column("panel") == p && column("line") == l ? value : NaN
array users[2]
stats data using (users[int(column("panel"))] = column("users"), 0) nooutput name "unused"
array heading[2] = ["fixed context", "changing contexts"]
set label 1 "Learning in real interactions, service times drawn from the traces" at screen \
    from_left(24), from_top(30) \
    left font title_font textcolor rgb ink
set label 2 \
    sprintf("greedy answers, mean over n = %s independent trainings; bands: least to largest of them; 1000 ms: accuracy missed", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set logscale x
set grid xtics nomxtics ytics
set xtics 10
do for [p = 1 : 2] {
    if (last[p] > 0) {
        left = p == 1 ? 90 : 560
        set lmargin at screen from_left(left)
        set rmargin at screen from_left(left + 410)
        set xrange [1 : last[p]]
        set tmargin at screen from_top(160)
        set bmargin at screen from_top(370)
        set xtics format ""
        set xlabel ""
        set logscale y
        set yrange [0.8 * least_min : 1300]
        set ytics (20, 50, 100, 200, 500, 1000)
        panel_name = sprintf("%s, %d users", heading[p], users[p])
        set label 3 panel_name at screen from_left(left), from_top(144) left textcolor rgb ink
        side = p == 1 || last[1] == 0 ? "−reward (ms, log scale)" : ""
        set label 4 side at screen from_left(left - 72), from_top(265) center rotate by 90 font small_font \
            textcolor rgb quiet
        plot for [l = 1 : 8] data using "interactions":(here(p, l, column("least_ms"))):"most_ms" with filledcurves \
                fillcolor rgb colour(l) fillstyle transparent solid 0.12 noborder, \
            for [l = 1 : 8] data using "interactions":(here(p, l, column("cost_ms"))) with linespoints pointtype (l + 3) pointsize 1 pointinterval 8 linewidth 2 \
                linecolor rgb colour(l)
        unset label 1
        unset label 2
        unset label 3
        set tmargin at screen from_top(406)
        set bmargin at screen from_top(596)
        set xtics format "%.0s%c"
        set xlabel "real interactions (log scale)" textcolor rgb quiet offset 0, lift
        unset logscale y
        set yrange [-4 : 104]
        set ytics 25
        side = p == 1 || last[1] == 0 ? "optimal answers (% of contexts)" : ""
        set label 4 side at screen from_left(left - 72), from_top(501) center rotate by 90 font small_font \
            textcolor rgb quiet
        plot for [l = 1 : 8] data using "interactions":(here(p, l, column("least_percent"))):"most_percent" with \
            filledcurves \
                fillcolor rgb colour(l) fillstyle transparent solid 0.12 noborder, \
            for [l = 1 : 8] data using "interactions":(here(p, l, column("optimal_percent"))) with linespoints pointtype (l + 3) pointsize 1 pointinterval 8 linewidth \
                2 linecolor rgb colour(l)
    }
}
load "legend.gp"
set key maxrows 2 at screen from_left(970), from_top(96)
plot for [i = 1 : count] NaN with linespoints pointtype (present[i] + 3) pointsize 1 linewidth 2 linecolor rgb colour(present[i]) title learner[present[i]]
unset multiplot
