# The cut of the response time against cloud only as colour over link and load: a panel per set of images. A frame marks
# settings that reach the paper's figure without a loss of accuracy, a thin one those that lose some.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using "panel" nooutput name "panel"
stats data using "x" nooutput name "x"
stats data using "y" nooutput name "y"
stats data using "n" nooutput name "n"
panels = int(panel_max)
columns = int(x_max)
rows = int(y_max)
array set_name[panels]
array link[columns]
array load_name[rows]
stats data using (set_name[int(column("panel"))] = strcol("data"), link[int(column("x"))] = strcol("link"), \
    load_name[int(column("y"))] = strcol("rate"), 0) nooutput name "unused"
width = 1000
height = 470
load "style.gp"
set multiplot
here(p, value) = column("panel") == p ? value : NaN
state(p, s, value) = column("panel") == p && column("state") == s ? value : NaN
set label 1 "Response time saved against cloud only (%), by link and load" at screen from_left(24), from_top(30) left font \
    title_font textcolor rgb ink
set label 2 \
    sprintf("mean over n = %s pairs of networks, threshold of confidence tuned for accuracy; ImageNet: replications, perfect decisions", \
    n_min == n_max ? sprintf("%d", n_max) : sprintf("%d to %d", n_min, n_max)) \
    at screen from_left(24), from_top(54) left font small_font textcolor rgb quiet
set label 6 "framed: 78.8 % less time or more, and no less accuracy; thin: that time, but accuracy may be less (95 % intervals); –: cloud only is overloaded" \
    at screen from_left(24), from_top(74) left font small_font textcolor rgb quiet
set palette defined (0 "#eef3f8", 0.5 "#6f9bc4", 1 "#16283f")
set cbrange [0 : 100]
set xrange [0.5 : columns + 0.5]
set yrange [0.5 : rows + 0.5]
unset grid
unset colorbox
set tmargin at screen from_top(134)
set bmargin at screen from_top(370)
do for [p = 1 : panels] {
    left = 76 + (p - 1) * (918.0 / panels)
    right = left + 918.0 / panels - 26
    set lmargin at screen from_left(left)
    set rmargin at screen from_left(right)
    set label 3 set_name[p] at screen from_left(left), from_top(118) left textcolor rgb ink
    set label 4 "uplink" at screen from_left((left + right) / 2), from_top(458) center textcolor rgb quiet
    set label 5 (p == 1 ? "pictures a second and camera" : "") at screen from_left(16), from_top(252) center rotate by 90 \
        textcolor rgb quiet
    set xtics ()
    do for [i = 1 : columns] { set xtics add (link[i] i) }
    set xtics rotate by 60 right font small_font
    set ytics ()
    do for [i = 1 : rows] { set ytics add ((p == 1 ? word(load_name[i], 1) : "") i) }
    plot data using (here(p, column("x"))):"y":(0.48):(0.46):"cut" with boxxyerror fillstyle solid noborder linecolor \
            palette, \
        for [s = 2 : 3] data using (state(p, s, column("x"))):"y":(0.44):(0.42) with boxxyerror fillstyle empty linecolor rgb "#e08214" \
            linewidth (s == 3 ? 3 : 0.8), \
        data using (here(p, column("x"))):(column("state") > 0 ? column("y") : NaN):(sprintf("%.0f", column("cut"))) \
            :(column("cut") > 60 ? 0xffffff : 0x222222) with labels center font small_font textcolor rgb variable, \
        data using (state(p, 0, column("x"))):"y":("–") with labels center textcolor rgb quiet
    unset label 1
    unset label 2
    unset label 6
}
unset multiplot
