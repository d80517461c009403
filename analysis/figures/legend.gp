# A pass of its own in a multiplot, for a legend of one row over the whole width: what follows plots NaN with titles.
unset label
unset arrow
unset xlabel
unset tics
unset grid
unset logscale
set lmargin at screen from_left(24)
set rmargin at screen from_left(970)
set tmargin at screen from_top(80)
set bmargin at screen from_top(100)
set xrange [0 : 1]
set yrange [0 : 1]
set key at screen from_left(970), from_top(88) right center horizontal maxrows 1 samplen 3
