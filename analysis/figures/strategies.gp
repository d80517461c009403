# Bars of response time on the left, accuracy against its threshold on the right, one line per strategy.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using (scenario = strcol("scenario"), users = column("users"), setting = strcol("setting"), column("n")) \
    nooutput name "n"
world = sprintf("%d %s%s", users, users == 1 ? "user" : "users", setting eq "none" ? "" : ", " . setting)
stats data using "position" nooutput name "position"
half(name) = column(name) >= 0 ? column(name) : 0
stats data using (column("response_ms") + half("response_half_width_ms")) nooutput name "response"
stats data using "threshold_percent" nooutput name "threshold"
stats data using "accuracy_percent" nooutput name "accuracy"
stats data using "infeasible_percent" nooutput name "infeasible"
oracle = NaN
stats data using (strcol("policy") eq "oracle" ? oracle = column("response_ms") : 0) nooutput name "unused"

rows = position_max
width = 1000
height = (infeasible_max >= 1 ? 196 : 168) + 42 * rows
load "style.gp"
set multiplot

n_text = n_max == 1 ? "one replication; no interval" : sprintf( \
    "mean over n = %s independent replications; whiskers: 95 %% Student t interval", \
    n_min == n_max ? sprintf("%d", n_min) : sprintf("%d to %d", n_min, n_max))
set label 1 scenario at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 sprintf("%s, %s", world, n_text) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
if (infeasible_max >= 1) set label 3 \
    "Hatched, hollow: misses the accuracy threshold, or refuses requests, in 1 % of the decisions or more" \
    at screen from_left(24), from_top(height - 18) left textcolor rgb quiet

set tmargin at screen from_top(108)
set bmargin at screen from_top(108 + 42 * rows)
set yrange [rows + 0.6 : 0.4]
set grid xtics noytics

# Response time.
set lmargin at screen from_left(130)
set rmargin at screen from_left(630)
set xrange [0 : response_max * 1.2]
set xlabel "mean response time (ms)" textcolor rgb quiet offset 0, lift
set xtics autofreq
if (oracle == oracle) {
    set label 6 "optimum" at first oracle, screen from_top(92) center textcolor rgb ink
}
fits(value) = column("infeasible_percent") >= 1 ? NaN : value
misses(value) = column("infeasible_percent") >= 1 ? value : NaN
bar_colour(unused) = column("learner") == 1 ? 0xe08214 : strcol("policy") eq "oracle" ? 0x4d4d4d : 0x4477aa
number(value) = value >= 1000 ? sprintf("%.0f", value) : value >= 10 ? sprintf("%.1f", value) : sprintf("%.3g", value)
low(unused) = column("position") - 0.29
high(unused) = column("position") + 0.29
# A number stands behind its bar, or behind the line of the optimum where that would cross it.
bar_end(unused) = column("response_ms") + half("response_half_width_ms")
behind(end) = oracle > end && oracle < end + 0.14 * response_max ? oracle : end
plot data using (0):"position":ytic(strcol("policy")) with points pointtype -1, \
    data using (0):(fits(column("position"))):(0):"response_ms":(low(0)):(high(0)):(bar_colour(0)) \
        with boxxyerror fillstyle solid noborder linecolor rgb variable, \
    data using (0):(column("learner") == 0 ? misses(column("position")) : NaN):(0):"response_ms":(low(0)):(high(0)) \
        with boxxyerror linecolor rgb blue fillstyle pattern 4 border linecolor rgb blue, \
    data using (0):(column("learner") == 1 ? misses(column("position")) : NaN):(0):"response_ms":(low(0)):(high(0)) \
        with boxxyerror linecolor rgb orange fillstyle pattern 4 border linecolor rgb orange, \
    data using (oracle):(column("position") - 0.6):(0):(1.2) with vectors nohead dashtype 2 linecolor rgb ink, \
    data using "response_ms":"position":"response_half_width_ms" with xerrorbars \
        pointtype -1 linewidth 1.5 linecolor rgb ink, \
    data using (behind(bar_end(0))):"position":(number(column("response_ms"))) \
        with labels left offset 0.8, 0 textcolor rgb ink

# Accuracy.
unset arrow
unset label 1
unset label 2
unset label 3
unset label 6
set lmargin at screen from_left(680)
set rmargin at screen from_left(960)
set xlabel "mean accuracy (%)"
least = threshold_min > 0 && threshold_min < accuracy_min ? threshold_min : accuracy_min
most = threshold_max > accuracy_max ? threshold_max : accuracy_max
margin = most > least ? 0.12 * (most - least) : 1
set xrange [least - margin : most + margin]
span = most - least + 2 * margin
set xtics span > 40 ? 20 : span > 20 ? 10 : span > 10 ? 5 : span > 4 ? 2 : span > 2 ? 1 : span > 0.8 ? 0.5 : 0.2
set ytics 1, 1, rows format ""
if (threshold_max > 0) {
    set arrow 2 from first threshold_max, graph 0 to first threshold_max, graph 1 nohead \
        linetype 1 dashtype 2 linecolor rgb ink
    set label 5 sprintf("threshold %.4g %%", threshold_max) at first threshold_max, screen from_top(92) right \
        offset 2, 0 textcolor rgb ink
}
set grid ytics
plot data using "accuracy_percent":"position":"accuracy_half_width_percent":(bar_colour(0)) \
        with xerrorbars pointtype -1 linewidth 1.5 linecolor rgb variable, \
    data using "accuracy_percent":(fits(column("position"))):(bar_colour(0)) \
        with points pointtype 7 pointsize 1.2 * dot linecolor rgb variable, \
    data using "accuracy_percent":(misses(column("position"))) \
        with points pointtype 7 pointsize 1.2 * dot linecolor rgb "#ffffff", \
    data using "accuracy_percent":(misses(column("position"))):(bar_colour(0)) \
        with points pointtype 6 pointsize 1.2 * dot linewidth 1.5 linecolor rgb variable
unset multiplot
