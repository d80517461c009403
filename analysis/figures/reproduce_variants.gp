# Response time against accuracy, a point per variant, a colour per hardware.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "line" nooutput name "line"
stats data using "n" nooutput name "n"
stats data using "response_ms" nooutput name "response"
stats data using "accuracy_percent" nooutput name "accuracy"
lines = int(line_max)
array hardware[lines]
stats data using (hardware[int(column("line"))] = strcol("hardware"), 0) nooutput name "unused"
width = 1000
height = 520
load "style.gp"
only(i, value) = column("line") == i ? value : NaN
half(unused) = column("half_width_ms") >= 0 ? column("half_width_ms") : 0
set label 1 "What accuracy costs on the device" at screen from_left(24), from_top(30) left font title_font \
    textcolor rgb ink
set label 2 \
    sprintf("MobileNet V1, d0 to d3 in FP32, d4 to d7 in INT8; mean over n = %d independent replications; whiskers: 95 %% t interval", n_max) \
    at screen from_left(24), from_top(54) left textcolor rgb quiet
set tmargin at screen from_top(112)
set bmargin at screen from_top(464)
set lmargin at screen from_left(76)
set rmargin at screen from_left(970)
set xrange [accuracy_min - 1 : accuracy_max + 1.6]
set yrange [0 : response_max * 1.12]
set xlabel "mean top-5 accuracy (%)" textcolor rgb quiet offset 0, lift
set label 3 "mean response time (ms)" at screen from_left(24), from_top(88) left textcolor rgb quiet
set key at screen from_left(970), from_top(88) right center horizontal samplen 3
plot for [i = 1 : lines] data using (only(i, column("accuracy_percent"))):"response_ms":(half(0)) with yerrorbars \
        pointtype -1 linewidth 1.5 linecolor rgb ink, \
    for [i = 1 : lines] data using (only(i, column("accuracy_percent"))):"response_ms" with points pointtype mark(i) \
        pointsize 1.4 * dot linecolor rgb colour(i) title hardware[i], \
    data using (only(1, column("accuracy_percent"))):"response_ms":"variant" with labels left offset 0.9, 0.5 font \
        small_font textcolor rgb colour(1), \
    for [i = 2 : lines] data using (only(i, column("accuracy_percent"))):"response_ms":"variant" with labels left \
        offset 0.9, -0.5 font small_font \
        textcolor rgb colour(i)
