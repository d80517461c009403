# The house style of all figures: a script sets `width` and `height` in pixels, then says: load "style.gp"
# Before it stand data, picture and format: the files to read and to write, and one of png, svg, pdf.
set encoding utf8

# PNG has twice the pixels, for sharp text on paper and screen. SVG names no font that only some machines have.
if (format eq "png") {
    set terminal pngcairo noenhanced size 2 * width, 2 * height font "DejaVu Sans,11" fontscale 2 linewidth 2 \
        pointscale 2 background "#ffffff"
    title_font = "DejaVu Sans:Bold,14"
    small_font = "DejaVu Sans,9"
    dot = 1.0
    lift = 0.2
}
if (format eq "svg") {
    set terminal svg noenhanced size width, height font "sans-serif,14.5" linewidth 1 background "#ffffff"
    title_font = "sans-serif,20"
    small_font = "sans-serif,12"
    dot = 0.6
    lift = 0.7
    set errorbars 0.5
}
if (format eq "pdf") {
    set terminal pdfcairo noenhanced size width / 96.0, height / 96.0 font "DejaVu Sans,11" fontscale 0.75 \
        linewidth 1 pointscale 0.7 background "#ffffff"
    title_font = "DejaVu Sans:Bold,14"
    small_font = "DejaVu Sans,9"
    dot = 1.0
    lift = 0.2
}
set output picture

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

# Lines, bars and points that are told apart: by colour, by shade, and lines by their marks and dashes too.
array colours[8] = [0x4477aa, 0xe08214, 0x12503a, 0xa9c3dc, 0x222f4f, 0xa0a0a0, 0x9e3a26, 0xf3c98b]
array marks[8] = [7, 5, 9, 13, 11, 7, 5, 9]
colour(i) = colours[1 + (int(i) - 1) % 8]
mark(i) = marks[1 + (int(i) - 1) % 8]
dash(i) = 1 + ((int(i) - 1) / 8) % 3

# In a name beside a tic, "%" has to stand for itself.
percent_at(text) = strstrt(text, "%")
tic_name(text) = percent_at(text) == 0 ? text \
    : substr(text, 1, percent_at(text)) . "%" . tic_name(substr(text, percent_at(text) + 1, strlen(text)))

# Numbers at axes: plain, but 200k and 3M where they are large.
tic_format(high) = high >= 1e5 ? "%.0s%c" : "%g"

# Distances in pixels from the left and the top, as fractions of the picture.
from_left(pixels) = pixels / real(width)
from_top(pixels) = 1 - pixels / real(height)
