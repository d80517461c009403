# Utility in windows of 20 rounds around a step in bandwidth behind round 100; a line per policy.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "n" nooutput name "n"
stats data using "utility" nooutput name "utility"
stats data using "last_round" nooutput name "round"
array policy[8]
do for [i = 1 : 8] { policy[i] = "" }
stats data using (policy[int(column("line"))] = strcol("policy"), 0) nooutput name "unused"
width = 820
height = 480
load "style.gp"
set multiplot
here(l, value) = column("line") == l ? value : NaN
half(name) = column(name) >= 0 ? column(name) : 0
set label 1 "The bandwidth falls to a fifth" at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 \
    sprintf("windows of 20 rounds, frozen policies; mean over n = %s replications; whiskers: 95 %% Student t interval", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set lmargin at screen from_left(84)
set rmargin at screen from_left(796)
set tmargin at screen from_top(136)
set bmargin at screen from_top(414)
set xrange [round_min - 30 : round_max]
set xtics 20
set xlabel "round" textcolor rgb quiet offset 0, lift
set yrange [-0.5 : utility_max * 1.15]
set ylabel "mean utility" textcolor rgb quiet
set arrow 1 from 100, graph 0 to 100, graph 1 nohead dashtype 3 linewidth 1.5 linecolor rgb ink
plot for [l = 2 : 8] data using (here(l, column("last_round") - 10)):"utility":(half("utility_half_width")) with yerrorbars \
        pointtype -1 linewidth 1.2 linecolor rgb ink, \
    for [l = 2 : 8] data using (here(l, column("last_round") - 10)):"utility" with linespoints pointtype (l + 2) pointsize 1.1 * dot \
        linewidth 2 linecolor rgb colour(l - 1), \
    data using (here(1, column("last_round") - 10)):"utility" with points pointtype 1 pointsize 1.7 * dot linewidth 1.5 linecolor \
        rgb ink
unset ylabel
load "legend.gp"
set rmargin at screen from_left(796)
set key maxrows 2 at screen from_left(796), from_top(98)
plot NaN with points pointtype 1 pointsize 1.7 * dot linewidth 1.5 linecolor rgb ink title "oracle", \
    for [l = 2 : 8] NaN with linespoints pointtype (l + 2) pointsize 1.1 * dot linewidth 2 linecolor rgb colour(l - 1) title policy[l]
unset multiplot
