# Response time as bars on a terminal, and the accuracy behind; a bar of dots misses the accuracy threshold.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using (scenario = strcol("scenario"), users = column("users"), setting = strcol("setting"), column("n")) \
    nooutput name "n"
world = sprintf("%d %s%s", users, users == 1 ? "user" : "users", setting eq "none" ? "" : ", " . setting)
stats data using "position" nooutput name "position"
half(name) = column(name) >= 0 ? column(name) : 0
stats data using "response_ms" nooutput name "response"
stats data using "threshold_percent" nooutput name "threshold"
stats data using "infeasible_percent" nooutput name "infeasible"
stats data using (strlen(strcol("policy"))) nooutput name "policy"
oracle = NaN
stats data using (strcol("policy") eq "oracle" ? oracle = column("response_ms") : 0) nooutput name "unused"
top = 4
lines = top + position_max + (infeasible_max >= 1 ? 2 : 0)
load "text_style.gp"

n_text = n_max == 1 ? "one replication" : sprintf( \
    "mean ± 95 %% Student t interval over n = %s independent replications", \
    n_min == n_max ? sprintf("%d", n_min) : sprintf("%d to %d", n_min, n_max))
names = policy_max
numbers = 17
accuracies = 9
room = screen_columns - names - numbers - accuracies - 3
room = room < 8 ? 8 : room
place(value) = value / response_max * (room - 1)
decimals(value, half) = half <= 0 ? 2 : half >= 10 ? 0 : half >= 1 ? 1 : half >= 0.1 ? 2 : 3
number(value, half) = value != value ? "" : half > 0 ? sprintf(sprintf("%%.%df ± %%.%df", decimals(value, half), \
    decimals(value, half)), value, half) : sprintf("%.4g", value)

set label 1 cut(sprintf("%s: %s", scenario, world), screen_columns) at 0, 0 left \
   
set label 2 cut(n_text, screen_columns) at 0, 1 left
set label 3 "mean response time (ms)" at names + 1, 3 left
set label 4 "accuracy" at screen_columns - accuracies, 3 left
if (infeasible_max >= 1) { set label 5 cut(sprintf(": misses the %.4g %% threshold, or refuses, in 1 %% of " \
    . "decisions or more", threshold_max), screen_columns) at 0, lines - 1 left }

line(unused) = top + column("position") - 1
length(unused) = floor(place(column("response_ms")) + 1.5)
misses(unused) = column("infeasible_percent") >= 1
bar(unused) = many_of(misses(0) ? ":" : "#", length(0))
# The optimum stands as a line where no bar is.
optimum(unused) = oracle == oracle && place(oracle) > length(0) ? names + 1 + floor(place(oracle) + 0.5) : NaN
behind(unused) = names + 2 + (optimum(0) > 0 && optimum(0) < names + 16 + length(0) ? optimum(0) - names : length(0))
plot data using (0):(line(0)):"policy" with labels left, \
    data using (names + 1):(line(0)):(bar(0)):(colour(1 + column("learner"))) \
        with labels left textcolor rgb variable, \
    data using (optimum(0)):(line(0)):("|") with labels left, \
    data using (behind(0)):(line(0)):(number(column("response_ms"), half("response_half_width_ms"))) with labels left, \
    data using (screen_columns - accuracies):(line(0)):(sprintf("%6.2f %%", column("accuracy_percent"))) \
        with labels left
