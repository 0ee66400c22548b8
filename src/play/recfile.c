#include "play/recfile.h"

#include "play/snmprec.h"
#include "play/walkfile.h"

#include <errno.h>
#include <string.h>

/* Names of both kinds are digits and dots (and "iso"); what comes behind them tells. */
static bool is_snmprec(FILE *file)
{
	char line[1024];
	bool begins = true, found = false;

	while (!found && fgets(line, sizeof line, file) != NULL) {
		if (begins && line[0] != '#' && line[strspn(line, " \t\r\n")] != '\0') {
			found = line[strspn(line, "0123456789. \t")] == '|';
			break;
		}
		begins = strchr(line, '\n') != NULL;
	}
	rewind(file);
	return found;
}

struct recording *recfile_read_stream(FILE *file, struct reading *reading)
{
	struct recording *recording = recording_new();
	enum err err = is_snmprec(file) ? snmprec_read(file, recording, reading)
					: walkfile_read(file, recording, reading);

	reading_end(reading);
	if (err == ERR_OK && recording_count(recording) > 0) {
		(void)recording_sort(recording);
		return recording;
	}
	if (err == ERR_IO)
		str_addf(&reading->text, "%s: cannot be read: %s\n", reading->path, strerror(errno));
	else if (err != ERR_OK)
		str_addf(&reading->text, "%s:%u: more than %d objects\n", reading->path, reading->line,
		    RECORDING_OBJECTS_MAX);
	else
		str_addf(&reading->text,
		    "%s: no object in it: neither an .snmprec nor what snmpwalk -On prints\n", reading->path);
	recording_free(recording);
	return NULL;
}

struct recording *recfile_read(const char *path, struct reading *reading)
{
	FILE *file = fopen(path, "re");
	struct recording *recording;

	if (file == NULL) {
		str_addf(&reading->text, "%s: cannot be read: %s\n", path, strerror(errno));
		return NULL;
	}
	recording = recfile_read_stream(file, reading);
	fclose(file);
	return recording;
}
