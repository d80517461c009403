# Response time above, accuracy below, over real interactions; one line with its band per learner.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using (scenario = strcol("scenario"), users = column("users"), setting = strcol("setting"), column("n")) \
    nooutput name "n"
world = sprintf("%d %s%s", users, users == 1 ? "user" : "users", setting eq "none" ? "" : ", " . setting)
stats data using "line" nooutput name "line"
stats data using "interactions" nooutput name "interactions"
stats data using "threshold_percent" nooutput name "threshold"
half(name) = column(name) >= 0 ? column(name) : 0
stats data using (column("response_ms") + half("response_half_width_ms")) nooutput name "response"
stats data using (column("oracle_ms") >= 0 && column("oracle_ms") < column("response_ms") ? column("oracle_ms") \
    : column("response_ms")) nooutput name "bottom"
lowest = bottom_min
stats data using (column("accuracy_percent") - half("accuracy_half_width_percent")) nooutput name "low"
stats data using (column("accuracy_percent") + half("accuracy_half_width_percent")) nooutput name "high"
has_oracle = 0
stats data using (column("oracle_ms") >= 0 ? has_oracle = 1 : 0) nooutput name "unused"
lines = line_max

width = 1000
height = 664
load "style.gp"
set multiplot

array colours[4] = [0xe08214, 0x4477aa, 0x1b7f5c, 0x8c8c8c]
array marks[4] = [7, 5, 9, 13]
colour(line) = colours[1 + (int(line) - 1) % 4]
mark(line) = marks[1 + (int(line) - 1) % 4]
only(line, value) = column("line") == line ? value : NaN
array policy[lines]
stats data using (policy[int(column("line"))] = strcol("policy"), 0) nooutput name "unused"

n_text = n_max == 1 ? "one replication; no interval" : sprintf( \
    "mean over n = %s independent replications; bands: 95 %% Student t interval", \
    n_min == n_max ? sprintf("%d", n_min) : sprintf("%d to %d", n_min, n_max))
set label 1 scenario at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 sprintf("%s, greedy policy after training, %s", world, n_text) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet

set lmargin at screen from_left(76)
set rmargin at screen from_left(970)
set logscale x
set xrange [interactions_min : interactions_max]
set xtics format "%.0s%c"
set grid xtics nomxtics ytics

# Response time.
set tmargin at screen from_top(112)
set bmargin at screen from_top(390)
# From zero where that does not squeeze the curve.
span = response_max - lowest
set yrange [lowest < 0.4 * response_max ? 0 : lowest - 0.15 * span : response_max + 0.08 * span]
set label 4 "mean response time (ms)" at screen from_left(24), from_top(88) left textcolor rgb quiet
set xtics format ""
set key at screen from_left(970), from_top(88) right center horizontal samplen 4
plot for [line = 1 : lines] data using "interactions" \
        :(only(line, column("response_ms") - half("response_half_width_ms"))) \
        :(column("response_ms") + half("response_half_width_ms")) with filledcurves \
        fillcolor rgb colour(line) fillstyle transparent solid 0.25 noborder, \
    data using "interactions":(has_oracle ? only(1, column("oracle_ms")) : NaN) with lines \
        dashtype 2 linewidth 1.8 linecolor rgb ink title "oracle", \
    for [line = 1 : lines] data using "interactions":(only(line, column("response_ms"))) with linespoints \
        pointinterval 8 pointtype mark(line) pointsize 0.8 * dot linewidth 2 linecolor rgb colour(line) title policy[line]

# Accuracy.
unset label 1
unset label 2
unset key
set tmargin at screen from_top(440)
set bmargin at screen from_top(600)
least = threshold_min > 0 && threshold_min < low_min ? threshold_min : low_min
most = threshold_max > high_max ? threshold_max : high_max
margin = most > least ? 0.12 * (most - least) : 1
set yrange [least - margin : most + margin > 100 ? 100 : most + margin]
set label 4 "mean accuracy (%)" at screen from_left(24), from_top(416)
set ytics autofreq
set xtics format "%.0s%c"
set xlabel "real interactions (decisions, log scale)" textcolor rgb quiet offset 0, lift
if (threshold_max > 0) {
    set arrow 1 from graph 0, first threshold_max to graph 1, first threshold_max nohead \
        linetype 1 dashtype 3 linewidth 1.5 linecolor rgb ink
    set label 3 sprintf("threshold %.4g %%", threshold_max) at graph 0.01, first threshold_max left offset 0, 0.6 \
        textcolor rgb ink
}
plot for [line = 1 : lines] data using "interactions" \
        :(only(line, column("accuracy_percent") - half("accuracy_half_width_percent"))) \
        :(column("accuracy_percent") + half("accuracy_half_width_percent")) with filledcurves \
        fillcolor rgb colour(line) fillstyle transparent solid 0.25 noborder, \
    for [line = 1 : lines] data using "interactions":(only(line, column("accuracy_percent"))) with linespoints \
        pointinterval 8 pointtype mark(line) pointsize 0.8 * dot linewidth 2 linecolor rgb colour(line)
unset multiplot
