#include "images.h"

#include "../sim/csv.h"
#include "../sim/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE = 8, PIXELS = SIDE * SIDE, BRIGHTEST = 16, CLASSES = 10 };

/* Pixels 0 to 16 are the characters 0 to 9 and a to g; -1 for any other. */
static int pixel_of(char character)
{
    static const char digits[] = "0123456789abcdefg";
    const char *place = character ? strchr(digits, character) : NULL;
    return place ? (int)(place - digits) : -1;
}

/* The image in the present row into ret_pixels; false with a finding. */
static bool read_pixels(const CsvReader *reader, int column, uint8_t *ret_pixels)
{
    const char *text = reader->fields[column].text;
    if (strlen(text) != PIXELS) {
        csv_error(reader, column, "has %zu characters where an image has %d", strlen(text), PIXELS);
        return false;
    }
    for (int i = 0; i < PIXELS; i++) {
        int pixel = pixel_of(text[i]);
        if (pixel < 0) {
            csv_error(reader, column, "character %d is '%c', which is none of 0 to 9 and a to g", i + 1, text[i]);
            return false;
        }
        ret_pixels[i] = (uint8_t)pixel;
    }
    return true;
}

/* All rows into a set that grows; false with findings. */
static bool read_rows(CsvReader *reader, ImageSet *set, ErrorList *errors)
{
    int label_column = csv_column(reader, "label"), pixels_column = csv_column(reader, "pixels"), found = errors->total;
    if (label_column < 0 || pixels_column < 0) {
        error_add(errors, reader->path, reader->header_line, 1, "needs the columns label and pixels");
        return false;
    }
    while (csv_next(reader)) {
        int label;
        size_t count = (size_t)set->count, room = count ? count : 1;
        if (set->count == IMAGE_COUNT_LIMIT) {
            csv_error(reader, label_column, "more than %d images", IMAGE_COUNT_LIMIT);
            break;
        }
        if ((count & (count - 1)) == 0) { /* the room doubles */
            set->pixels = memory_grow(set->pixels, count * PIXELS, 2 * room * PIXELS, 1);
            set->labels = memory_grow(set->labels, count, 2 * room, 1);
        }
        bool good = csv_integer(reader, label_column, 0, CLASSES - 1, &label);
        if (!read_pixels(reader, pixels_column, image_pixels(set, set->count)) || !good)
            continue;
        set->labels[set->count++] = (uint8_t)label;
    }
    if (set->count == 0 && errors->total == found)
        error_add(errors, reader->path, 0, 0, "holds no image");
    return errors->total == found;
}

bool digits_read(const char *path, ImageSet *ret_set, ErrorList *errors)
{
    CsvReader reader;
    ImageSet set = {
        .name = "digits", .height = SIDE, .width = SIDE, .channels = 1, .class_count = CLASSES, .brightest = BRIGHTEST};
    bool whole = csv_open(&reader, path, errors) && read_rows(&reader, &set, errors);
    csv_close(&reader);
    if (whole)
        *ret_set = set;
    else
        image_set_free(&set);
    return whole;
}
