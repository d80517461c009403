# The house style of all figures. A figure sets `width` and `height` in pixels, then: call "style.gp" ARG2 ARG3
# By hand: gnuplot -d -c NAME.gp DATA.tsv PICTURE.png png
set encoding utf8

# PNG has twice the pixels, for sharp text on paper and screen. SVG names no font that only some machines have.
if (ARG2 eq "png") {
    set terminal pngcairo noenhanced size 2 * width, 2 * height font "DejaVu Sans,11" fontscale 2 linewidth 2 \
        pointscale 2 background "#ffffff"
    title_font = "DejaVu Sans:Bold,14"
    small_font = "DejaVu Sans,9"
    dot = 1.0
    lift = 0.2
}
if (ARG2 eq "svg") {
    set terminal svg noenhanced size width, height font "sans-serif,14.5" linewidth 1 background "#ffffff"
    title_font = "sans-serif,20"
    small_font = "sans-serif,12"
    dot = 0.6
    lift = 0.7
    set errorbars 0.5
}
if (ARG2 eq "pdf") {
    set terminal pdfcairo noenhanced size width / 96.0, height / 96.0 font "DejaVu Sans,11" fontscale 0.75 \
        linewidth 1 pointscale 0.7 background "#ffffff"
    title_font = "DejaVu Sans:Bold,14"
    small_font = "DejaVu Sans,9"
    dot = 1.0
    lift = 0.2
}
set output ARG1

# Colour-blind safe; grey levels differ, so that print without colour stays readable.
ink = "#222222"
quiet = "#666666"
grid = "#e3e3e3"
blue = "#4477aa"
orange = "#e08214"

set border 0 linecolor rgb ink
set tics scale 0 textcolor rgb ink
set grid linetype 1 linecolor rgb grid linewidth 1
set key noautotitle textcolor rgb ink
# Distances in pixels from the left and the top, as fractions of the picture.
from_left(pixels) = pixels / real(width)
from_top(pixels) = 1 - pixels / real(height)
