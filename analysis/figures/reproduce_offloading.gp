# Answers sent on, accuracy and response time over the threshold of confidence: a line per set of images.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "n" nooutput name "n"
stats data using "sent_high" nooutput name "sent"
stats data using "points_low" nooutput name "bottom"
stats data using "points_high" nooutput name "top"
stats data using "response_high" nooutput name "response"
sets = int(panel_max)
array set_name[sets]
stats data using (set_name[int(column("panel"))] = strcol("data"), 0) nooutput name "unused"
# Thresholds stand at even distances: many of them are just below certainty.
stats data using "place" nooutput name "place"
count = int(place_max)
array threshold[count]
stats data using (threshold[int(column("place"))] = strcol("name"), 0) nooutput name "unused"
width = 1000
height = 440
load "style.gp"
set multiplot
here(p, value) = column("panel") == p ? value : NaN
array low[3] = ["sent_low", "points_low", "response_low"]
array middle[3] = ["sent", "points", "response_ms"]
array high[3] = ["sent_high", "points_high", "response_high"]
array what[3] = ["answers sent on (%)", "points of accuracy over cloud only", "mean response time (ms)"]
set label 1 "Sending light answers on: what a threshold of confidence does" at screen from_left(24), from_top(30) left \
    font title_font textcolor rgb ink
set label 2 \
    sprintf("mean over n = %s pairs of networks; bands: 95 %% Student t interval; four cameras, 4 pictures a second each, 33.68 Mbit/s", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left font small_font textcolor rgb quiet
set tmargin at screen from_top(128)
set bmargin at screen from_top(370)
set xrange [0.6 : count + 0.4]
set xtics ()
do for [i = 1 : count] { set xtics add (word(threshold[i], 1) i) }
set xtics font small_font rotate by 90 right
do for [k = 1 : 3] {
    left = 60 + (k - 1) * 314
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(left + 258)
    set label 3 what[k] at screen from_left(left), from_top(112) left textcolor rgb quiet
    if (k == 1) { set yrange [0 : sent_max * 1.08] }
    if (k == 2) { set yrange [bottom_min - 0.1 : top_max + 0.1] }
    if (k == 3) { set yrange [0 : response_max * 1.08] }
    set label 4 "threshold of confidence (%)" at screen from_left(left + 129), from_top(424) center textcolor rgb quiet
    plot for [p = 1 : sets] data using (here(p, column("place"))):low[k]:high[k] with filledcurves fillcolor rgb \
            colour(p) fillstyle transparent solid 0.15 noborder, \
        (k == 2 ? 0 : NaN) with lines dashtype 3 linewidth 1.5 linecolor rgb ink, \
        for [p = 1 : sets] data using (here(p, column("place"))):middle[k] with linespoints pointtype mark(p) \
            pointsize 1.1 * dot linewidth 2 linecolor rgb colour(p)
    unset label 1
    unset label 2
}
unset label 3
unset label 4
load "legend.gp"
set rmargin at screen from_left(976)
set key at screen from_left(976), from_top(86)
plot for [p = 1 : sets] NaN with linespoints pointtype mark(p) pointsize 1.1 * dot linewidth 2 linecolor rgb colour(p) \
    title set_name[p]
unset multiplot
