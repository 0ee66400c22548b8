#include "views/palette.h"

static const struct palette light = {
    .back = "#ffffff",
    .grid = "#1a202614",
    .major = "#1a202630",
    .font = "#4a5560",
    .axis = "#87929d",
    .gap = "#1a202614",
    .line = {"#1f6fb8", "#1a2a3a", "#b08a3c", "#8fbfe8", "#7d8791"},
    .stack = {"#6fa5d8", "#b9d7f1", "#dcc48d", "#b9d7f1", "#c9cfd5"},
    .area_alpha = "33",
};

static const struct palette dark = {
    .back = "#171d23",
    .grid = "#e4e9ed14",
    .major = "#e4e9ed2e",
    .font = "#b0bac4",
    .axis = "#697580",
    .gap = "#e4e9ed17",
    .line = {"#4f9fe6", "#e9eef2", "#d0ab5f", "#2b5f94", "#808c98"},
    .stack = {"#2f6ba3", "#1f4464", "#7c6a3f", "#1f4464", "#3e4750"},
    .area_alpha = "40",
};

const struct palette *palette_of(bool is_dark)
{
	return is_dark ? &dark : &light;
}

static unsigned index_of(unsigned number)
{
	return number == 0 ? 0 : number > PALETTE_COLOURS ? PALETTE_COLOURS - 1 : number - 1;
}

const char *palette_line(const struct palette *palette, unsigned number)
{
	return palette->line[index_of(number)];
}

const char *palette_stack(const struct palette *palette, unsigned number)
{
	return palette->stack[index_of(number)];
}
