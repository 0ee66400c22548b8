#include "play/reading.h"

void reading_init(struct reading *reading, const char *path)
{
	*reading = (struct reading){.path = path};
}

void reading_fini(struct reading *reading)
{
	str_fini(&reading->text);
}

void reading_bad(struct reading *reading, const char *format, ...)
{
	va_list ap;

	reading->bad++;
	if (reading->told == READING_TOLD_MAX)
		return;
	reading->told++;
	str_addf(&reading->text, "%s:%u: ", reading->path, reading->line);
	va_start(ap, format);
	str_vaddf(&reading->text, format, ap);
	va_end(ap);
	str_add_char(&reading->text, '\n');
}

void reading_end(struct reading *reading)
{
	if (reading->bad > reading->told)
		str_addf(
		    &reading->text, "%s: %zu more such lines\n", reading->path, reading->bad - reading->told);
}
