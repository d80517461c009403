#include "images.h"

#include "../sim/rng.h"

#include <assert.h>
#include <math.h>

/* Strokes of a glyph, apart by blanks, each a line through points of two digits: x from 0 to 6, y from 0 to 8, down. */
static const struct Glyph {
    char name;
    const char *strokes;
} glyphs[GLYPH_CLASS_COUNT] = {
    {'A', "083068 1555"},
    {'B', "00084867654404 4463614000"},
    {'C', "6140200206284867"},
    {'D', "00083866623000"},
    {'E', "60000868 0444"},
    {'F', "600008 0444"},
    {'G', "61402002062848666434"},
    {'H', "0008 6068 0464"},
    {'I', "1050 3038 1858"},
    {'J', "5056381806"},
    {'K', "0008 600468"},
    {'L', "000868"},
    {'M', "0800346068"},
    {'N', "08006860"},
    {'O', "204062664828060220"},
    {'P', "08004061634404"},
    {'Q', "204062664828060220 4568"},
    {'R', "08004061634404 3468"},
    {'S', "614020010324446567482807"},
    {'T', "0060 3038"},
    {'U', "000628486660"},
    {'V', "003860"},
    {'W', "0018345860"},
    {'X', "0068 6008"},
    {'Y', "003460 3438"},
    {'Z', "00600868"},
    {'0', "30515738171130 2543"},
    {'1', "123038"},
    {'2', "02204062630868"},
    {'3', "012040616344 24446567482807"},
    {'4', "58500565"},
    {'5', "6000044465674808"},
    {'6', "5020020628486665442405"},
    {'7', "006028"},
    {'8', "204061634424030120 244465674828070524"},
    {'9', "1848666240200203244463"},
};

enum { POINT_LIMIT = 32, STRAY_LIMIT = 3, GRID_WIDTH = 6, GRID_HEIGHT = 8 };

typedef struct Point {
    double x, y;
} Point;

/* A line from point to point; a glyph is at most POINT_LIMIT of them, stray ones included. */
typedef struct Segment {
    Point from, to;
    double thickness, brightness; /* pixels; 0 to 1 */
} Segment;

typedef struct Drawing {
    int count;
    Segment segments[POINT_LIMIT];
} Drawing;

/* How much everything varies: lengths in pixels, angles as tangents of half of them. Chosen so that a network of some
 * 100,000 parameters is right on 90 to 95 % of the images after 4,000 of them. */
static const double HALF_TURN = 0.16, SHEAR = 0.28, LEAST_SCALE = 0.72, MOST_SCALE = 1.12, SHIFT = 1.7, JITTER = 0.4,
                    LEAST_THICKNESS = 0.9, MOST_THICKNESS = 2.1, LEAST_BRIGHTNESS = 0.6, STRAY_BRIGHTNESS = 0.75,
                    NOISE = 0.1;

/* Where the grid's middle comes to and how far apart its points are, before any distortion. */
static const double MIDDLE = (GLYPH_SIDE - 1) / 2.0, PITCH = 1.35;

static double between(Stream *stream, double least, double most)
{
    return least + (most - least) * stream_uniform(stream);
}

/* x' = a x + b y + c, y' = d x + e y + f. */
typedef struct Affine {
    double a, b, c, d, e, f;
} Affine;

/* Scale and shear, then a turn, then a shift. Sine and cosine come from the tangent of half the angle, as those of C
 * libraries differ in their last bits. */
static Affine draw_affine(Stream *stream)
{
    double t = between(stream, -HALF_TURN, HALF_TURN), cosine = (1 - t * t) / (1 + t * t), sine = 2 * t / (1 + t * t);
    double width = between(stream, LEAST_SCALE, MOST_SCALE), height = between(stream, LEAST_SCALE, MOST_SCALE);
    double shear = between(stream, -SHEAR, SHEAR);
    double right = between(stream, -SHIFT, SHIFT), down = between(stream, -SHIFT, SHIFT);
    return (Affine){.a = cosine * width,
                    .b = (cosine * shear - sine) * height,
                    .c = MIDDLE + right,
                    .d = sine * width,
                    .e = (sine * shear + cosine) * height,
                    .f = MIDDLE + down};
}

/* A point of the grid, displaced, where the map takes it. */
static Point draw_point(const char *digits, const Affine *map, Stream *stream)
{
    double x = PITCH * (digits[0] - '0' - GRID_WIDTH / 2.0) + between(stream, -JITTER, JITTER);
    double y = PITCH * (digits[1] - '0' - GRID_HEIGHT / 2.0) + between(stream, -JITTER, JITTER);
    return (Point){map->a * x + map->b * y + map->c, map->d * x + map->e * y + map->f};
}

static void add_segment(Drawing *drawing, Point from, Point to, double thickness, double brightness)
{
    assert(drawing->count < POINT_LIMIT);
    drawing->segments[drawing->count++] = (Segment){from, to, thickness, brightness};
}

static void draw_strokes(Drawing *drawing, const char *strokes, Stream *stream)
{
    Affine map = draw_affine(stream);
    double thickness = between(stream, LEAST_THICKNESS, MOST_THICKNESS);
    double brightness = between(stream, LEAST_BRIGHTNESS, 1);
    for (const char *at = strokes; *at; at += *at == ' ') {
        Point from = draw_point(at, &map, stream);
        for (at += 2; *at && *at != ' '; at += 2) {
            Point to = draw_point(at, &map, stream);
            add_segment(drawing, from, to, thickness, brightness);
            from = to;
        }
    }
}

/* Short lines anywhere that mean nothing. */
static void draw_strays(Drawing *drawing, Stream *stream)
{
    uint64_t count = stream_uniform_integer(stream, STRAY_LIMIT + 1);
    for (uint64_t i = 0; i < count; i++) {
        Point from = {between(stream, 0, GLYPH_SIDE - 1), between(stream, 0, GLYPH_SIDE - 1)};
        Point to = {from.x + between(stream, -5, 5), from.y + between(stream, -5, 5)};
        double thickness = between(stream, LEAST_THICKNESS, MOST_THICKNESS);
        add_segment(drawing, from, to, thickness, between(stream, 0.2, STRAY_BRIGHTNESS));
    }
}

/* How bright a segment makes the point: its brightness within half its thickness, falling to 0 over a pixel. */
static double segment_light(const Segment *segment, double x, double y)
{
    double dx = segment->to.x - segment->from.x, dy = segment->to.y - segment->from.y, length = dx * dx + dy * dy;
    double along = length > 0 ? ((x - segment->from.x) * dx + (y - segment->from.y) * dy) / length : 0;
    along = along < 0 ? 0 : along > 1 ? 1 : along;
    double right = x - segment->from.x - along * dx, down = y - segment->from.y - along * dy;
    double inside = segment->thickness / 2 + 0.5 - sqrt(right * right + down * down);
    return segment->brightness * (inside < 0 ? 0 : inside > 1 ? 1 : inside);
}

static uint8_t pixel_of(const Drawing *drawing, int x, int y, Stream *stream)
{
    double light = 0;
    for (int i = 0; i < drawing->count; i++) {
        double more = segment_light(&drawing->segments[i], x, y);
        light = more > light ? more : light;
    }
    light += NOISE * rng_normal(stream_next(stream));
    return (uint8_t)(light <= 0 ? 0 : light >= 1 ? UINT8_MAX : light * UINT8_MAX + 0.5);
}

ImageSet glyphs_create(uint64_t seed, int first, int count)
{
    ImageSet set = image_set_create((ImageSet){.name = "glyphs",
                                               .count = count,
                                               .height = GLYPH_SIDE,
                                               .width = GLYPH_SIDE,
                                               .channels = 1,
                                               .class_count = GLYPH_CLASS_COUNT,
                                               .brightest = UINT8_MAX});
    for (int i = 0; i < count; i++) {
        Stream stream = stream_create(seed, 0, STREAM_IMAGES, (uint64_t)first + (uint64_t)i + 1);
        Drawing drawing = {0};
        set.labels[i] = (uint8_t)((first + i) % GLYPH_CLASS_COUNT);
        draw_strokes(&drawing, glyphs[set.labels[i]].strokes, &stream);
        draw_strays(&drawing, &stream);
        uint8_t *pixels = image_pixels(&set, i);
        for (int y = 0; y < GLYPH_SIDE; y++)
            for (int x = 0; x < GLYPH_SIDE; x++)
                pixels[y * GLYPH_SIDE + x] = pixel_of(&drawing, x, y, &stream);
    }
    return set;
}

char glyph_name(int class)
{
    assert(class >= 0 && class < GLYPH_CLASS_COUNT);
    return glyphs[class].name;
}
