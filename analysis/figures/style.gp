# The house style of all figures. A figure sets `width` and `height` in pixels, then: call "style.gp" ARG2 ARG3
# By hand: gnuplot -d -c NAME.gp DATA.tsv PICTURE.png png
set encoding utf8
set datafile separator tab
set datafile columnheaders
set datafile missing NaN

# PNG has twice the pixels, for sharp text on paper and screen.
if (ARG2 eq "png") set terminal pngcairo noenhanced size 2 * width, 2 * height font "DejaVu Sans,11" fontscale 2 \
    linewidth 2 pointscale 2 background "#ffffff"
if (ARG2 eq "svg") set terminal svg noenhanced size width, height font "DejaVu Sans,13" linewidth 1 background "#ffffff"
if (ARG2 eq "pdf") set terminal pdfcairo noenhanced size width / 96.0, height / 96.0 font "DejaVu Sans,8.5" \
    linewidth 1 background "#ffffff"
set output ARG1

# Colour-blind safe; grey levels differ, so that print without colour stays readable.
ink = "#222222"
quiet = "#666666"
grid = "#e3e3e3"
blue = "#4477aa"
pale_blue = "#a9c3dc"
orange = "#e08214"
pale_orange = "#f6d5a8"
green = "#1b7f5c"
grey = "#8c8c8c"

set border 0 linecolor rgb ink
set tics scale 0 textcolor rgb ink
set grid linetype 1 linecolor rgb grid linewidth 1
set key noautotitle textcolor rgb ink
# Distances in pixels from the left and the top, as fractions of the picture.
from_left(pixels) = pixels / real(width)
from_top(pixels) = 1 - pixels / real(height)
