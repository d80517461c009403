# Stacked shares, one line per strategy: light where the request stays at home, darker where it is offloaded.
set datafile separator tab
set datafile columnheaders
set datafile missing NaN
stats data using (scenario = strcol("scenario"), users = column("users"), setting = strcol("setting"), column("n")) \
    nooutput name "n"
world = sprintf("%d %s%s", users, users == 1 ? "user" : "users", setting eq "none" ? "" : ", " . setting)
stats data using "position" nooutput name "position"
stats data using "place" nooutput name "place"
rows = position_max
places = place_max
array target[places]
stats data using (target[int(column("place"))] = strcol("target"), 0) nooutput name "unused"

width = 1000
height = 176 + 42 * rows
load "style.gp"

n_text = n_max == 1 ? "one replication" : sprintf("n = %s independent replications", \
    n_min == n_max ? sprintf("%d", n_min) : sprintf("%d to %d", n_min, n_max))
set label 1 scenario at screen from_left(24), from_top(30) left font title_font textcolor rgb ink
set label 2 sprintf("%s, share of all requests in %s, by place and model variant", world, \
    n_text) at screen from_left(24), from_top(54) left textcolor rgb quiet
set tmargin at screen from_top(116)
set bmargin at screen from_top(116 + 42 * rows)
set lmargin at screen from_left(130)
set rmargin at screen from_left(964)
set yrange [rows + 0.6 : 0.4]
set xrange [0 : 100]
set xlabel "share of requests (%)" textcolor rgb quiet offset 0, lift
set grid xtics noytics
set key at screen from_left(964), from_top(92) right center horizontal samplen 1.5

array fills[5] = [0xa9c3dc, 0x4477aa, 0x222f4f, 0x8c8c8c, 0x5a5a5a]
array inks[5] = [0x222222, 0xffffff, 0xffffff, 0x222222, 0xffffff]
fill(place) = fills[1 + (int(place) - 1) % 5]
low(unused) = column("position") - 0.32
high(unused) = column("position") + 0.32
only(place, value) = column("place") == place ? value : NaN
share(unused) = column("end_percent") - column("start_percent")
# A name stands where there is room for it.
name(unused) = share(0) > 1.3 * strlen(strcol("variant")) ? strcol("variant") : ""
plot data using (0):"position":ytic(strcol("policy")) with points pointtype -1, \
    for [place = 1 : places] data using (only(place, column("start_percent"))):"position" \
        :"start_percent":"end_percent":(low(0)):(high(0)) with boxxyerror \
        linecolor rgb fill(place) fillstyle solid border linecolor rgb "#ffffff" title target[place], \
    data using (0.5 * (column("start_percent") + column("end_percent"))):"position":(name(0)) \
        :(inks[1 + (int(column("place")) - 1) % 5]) with labels center font small_font textcolor rgb variable
