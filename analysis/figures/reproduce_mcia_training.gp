# Utility of the greedy answers over rounds of practice, on a logarithmic axis; a line per learner, a band from the least to
# the largest training.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "n" nooutput name "n"
stats data using "users" nooutput name "users"
stats data using "interactions" nooutput name "made"
stats data using "oracle" nooutput name "oracle"
array learner[4]
do for [i = 1 : 4] { learner[i] = "" }
stats data using (learner[int(column("line"))] = strcol("policy"), 0) nooutput name "unused"
array present[4]
count = 0
do for [i = 1 : 4] { if (learner[i] ne "") { count = count + 1; present[count] = i } }
width = 820
height = 480
load "style.gp"
set multiplot
here(l, value) = column("line") == l ? value : NaN
set label 1 sprintf("Utility against training, %d users", users_max) at screen from_left(24), from_top(30) left \
    font title_font textcolor rgb ink
set label 2 \
    sprintf("greedy answers, mean over n = %s independent trainings; bands: least to largest of them", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set lmargin at screen from_left(84)
set rmargin at screen from_left(796)
set tmargin at screen from_top(120)
set bmargin at screen from_top(414)
set logscale x
set xrange [1 : made_max]
set xtics 10
set xtics format "%.0s%c"
set xlabel "rounds of practice (log scale)" textcolor rgb quiet offset 0, lift
set yrange [-0.5 : oracle_max * 1.1]
set ylabel "mean utility" textcolor rgb quiet
plot for [i = 1 : count] data using "interactions":(here(present[i], column("least"))):"most" with filledcurves fillcolor rgb \
        colour(present[i]) fillstyle transparent solid 0.12 noborder, \
    for [i = 1 : count] data using "interactions":(here(present[i], column("utility"))) with linespoints pointtype \
        (present[i] + 3) pointsize 1 pointinterval 6 linewidth 2 linecolor rgb colour(present[i]), \
    oracle_mean with lines dashtype 3 linewidth 1.5 linecolor rgb ink
unset ylabel
load "legend.gp"
set rmargin at screen from_left(796)
set key at screen from_left(796), from_top(92)
plot for [i = 1 : count] NaN with linespoints pointtype (present[i] + 3) pointsize 1 linewidth 2 linecolor rgb colour(present[i]) \
        title learner[present[i]], \
    NaN with lines dashtype 3 linewidth 1.5 linecolor rgb ink title "oracle"
unset multiplot
