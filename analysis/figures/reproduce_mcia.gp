# Utility, response time and accuracy, a row each, over what is varied, a column each; a line per policy.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "n" nooutput name "n"
stats data using "response_ms" nooutput name "response"
stats data using "accuracy_percent" nooutput name "accuracy"
stats data using "utility" nooutput name "utility"
panels = int(panel_max)
array axis[5]
array last[5]
array policy[8]
do for [i = 1 : 5] { axis[i] = ""; last[i] = 0 }
do for [i = 1 : 8] { policy[i] = "" }
stats data using (axis[int(column("panel"))] = strcol("axis"), 0) nooutput name "unused"
stats data using (policy[int(column("line"))] = strcol("policy"), 0) nooutput name "unused"
do for [p = 1 : 5] {
    stats data using (last[p] = column("panel") == p && column("position") > last[p] ? column("position") : last[p], 0) nooutput \
        name "unused"
}
width = 1400
height = 840
load "style.gp"
set multiplot
here(p, l, value) = column("panel") == p && column("line") == l ? value : NaN
half(name) = column(name) >= 0 ? column(name) : 0
unit(p) = axis[p] eq "bandwidth" ? "bandwidth (Mbit/s)" : axis[p] eq "weight of accuracy" ? "weight of accuracy (%)" : axis[p]
set label 1 "Version, cut and shares decided together" at screen from_left(24), from_top(30) left font title_font \
    textcolor rgb ink
set label 2 \
    sprintf("mean over n = %s independent replications; whiskers: 95 %% Student t interval, mostly smaller than the mark", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
array column_name[3] = ["utility", "response_ms", "accuracy_percent"]
array half_name[3] = ["utility_half_width", "response_half_width_ms", "accuracy_half_width_percent"]
array side[3] = ["mean utility", "mean response time (ms)", "mean top-1 accuracy (%)"]
array least[3] = [-0.4, 0, accuracy_min - 2]
array most[3] = [utility_max * 1.08, 450, accuracy_max + 2]
do for [p = 1 : 5] {
    if (last[p] > 0) {
        left = 84 + (p - 1) * 264
        set lmargin at screen from_left(left)
        set rmargin at screen from_left(left + 226)
        set xrange [0.6 : last[p] + 0.4]
        do for [r = 1 : 3] {
            set tmargin at screen from_top(136 + (r - 1) * 214)
            set bmargin at screen from_top(136 + (r - 1) * 214 + 186)
            set yrange [least[r] : most[r]]
            set ytics autofreq
            set xtics ()
            do for [i = 1 : int(last[p])] { set xtics add ("" i) }
            if (r == 3) {
                do for [i = 1 : int(last[p])] {
                    name = ""
                    stats data using (name = column("panel") == p && column("position") == i ? strcol("value") : name, 0) nooutput \
                        name "unused"
                    set xtics add (name i)
                }
                if (axis[p] eq "device" || axis[p] eq "edge") { set xtics rotate by 20 right } else { set xtics norotate }
            }
            set label 3 (r == 1 ? unit(p) : "") at screen from_left(left), from_top(118) left textcolor rgb ink
            set label 4 (p == 1 ? side[r] : "") at screen from_left(20), from_top(136 + (r - 1) * 214 + 93) center rotate by 90 \
                textcolor rgb quiet
            plot for [l = 2 : 8] data using (here(p, l, column("position"))):(column(column_name[r])):(half(half_name[r])) with \
                    yerrorbars pointtype -1 linewidth 1.2 linecolor rgb ink, \
                for [l = 2 : 8] data using (here(p, l, column("position"))):(column(column_name[r])) with linespoints pointtype \
                    (l + 2) pointsize 1.1 * dot linewidth 2 linecolor rgb colour(l - 1), \
                data using (here(p, 1, column("position"))):(column(column_name[r])) with points pointtype 1 pointsize 1.7 * dot \
                    linewidth 1.5 linecolor rgb ink
            unset label 1
            unset label 2
        }
    }
}
load "legend.gp"
set key maxrows 1 at screen from_left(1380), from_top(92)
plot NaN with points pointtype 1 pointsize 1.7 * dot linewidth 1.5 linecolor rgb ink title "oracle", \
    for [l = 2 : 8] NaN with linespoints pointtype (l + 2) pointsize 1.1 * dot linewidth 2 linecolor rgb colour(l - 1) title policy[l]
unset multiplot
