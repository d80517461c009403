/* What a reproduction says: report.md, a table on the terminal, or JSON. */
#include <inttypes.h>
#include <string.h>

#include "../analysis/escape.h"
#include "../analysis/output_files.h"
#include "engine_script.h"
#include "reproduce.h"

static void write_claims(const Reproduction *reproduction, FILE *stream)
{
    const Findings *findings = &reproduction->findings;
    fputs("## Claims\n\n| claim | paper | obtained | where | verdict |\n|---|---|---|---|---|\n", stream);
    for (int i = 0; i < findings->claim_count; i++) {
        const Claim *claim = &findings->claims[i];
        const char *const cells[] = {claim->claim, *claim->paper ? claim->paper : "–",
                                     *claim->obtained ? claim->obtained : "no runs", claim->where};
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
            fputs("| ", stream);
            escape_markdown(stream, cells[c]);
            fputc(' ', stream);
        }
        fprintf(stream, "| **%s** |\n", verdict_name(claim->verdict));
    }
    fputs("\nFigures of the paper are those of its abstract; – where it states none. How each verdict is found, and "
          "the command that shows its runs:\n\n",
          stream);
    for (int i = 0; i < findings->claim_count; i++) {
        const Claim *claim = &findings->claims[i];
        fprintf(stream, "* %s: %s.\n  `%s`\n", claim->claim, claim->rule, claim->command);
    }
}

static void write_figures(Reproduction *reproduction, FILE *stream)
{
    fputs("\n## Figures\n", stream);
    for (int i = 0; i < reproduction->study->figure_count; i++) {
        const StudyFigure *figure = &reproduction->study->figures[i];
        fprintf(stream, "\n### %s\n\n%s\n\n", figure->title, figure->text);
        if (reproduction->drawn && reproduction->drawn[i])
            fprintf(stream, "![%s](%s.png)\n\n[SVG](%s.svg), [data](%s.tsv), [script](%s.gp); ", figure->title,
                    figure->file, figure->file, figure->file, figure->file);
        else
            fputs("Not drawn: there is no data, or no gnuplot. ", stream);
        fprintf(stream, "`%s`\n", reproduce_figure_command(reproduction, figure));
    }
}

static void write_report(Reproduction *reproduction, FILE *stream)
{
    const Study *study = reproduction->study;
    const Findings *findings = &reproduction->findings;
    fprintf(stream, "# %s: what comes out here\n\n%s\n\n%s\n\n", study->title, study->paper, study->set_up);
    fprintf(stream,
            "%" PRId64 " runs of orchid %s by `%s`%s. Every number below comes out of them; they are kept in `%s`.\n\n",
            reproduction->runs, ORCHID_VERSION, reproduction->command,
            reproduction->full
                ? ""
                : ", which is the short way: few seeds, so that intervals are wide, and not every setting; "
                  "`--full` has all",
            reproduction->database);
    if (*reproduction->missing)
        fprintf(stream, "Left out, as this program does not have them: %s.\n\n", reproduction->missing);
    write_claims(reproduction, stream);
    fputs("\n## Tables\n\n", stream);
    if (findings->remarks && *findings->remarks)
        fprintf(stream, "%s\n\n", findings->remarks);
    for (int i = 0; i < findings->table_count; i++) {
        sheet_write(&findings->tables[i], SHEET_MARKDOWN, false, stream);
        fputc('\n', stream);
    }
    write_figures(reproduction, stream);
    fputs("\n## Runs\n\nAll of this again, or what is missing of it:\n\n", stream);
    fprintf(stream, "    %s\n\nAnd its sweeps one by one:\n\n", reproduction->command);
    const char *database = engine_quote(&reproduction->arena, reproduction->database);
    for (int i = 0; i < study->sweep_count; i++) {
        if (!reproduction->sweep_commands[i])
            continue;
        const char *where = reproduction->full ? NULL : study->sweeps[i].quick_where;
        fprintf(stream, "    %s%s%s%s --db %s\n", reproduction->sweep_commands[i], where ? " --where '" : "",
                where ? where : "", where ? "'" : "", database);
    }
}

StoreStatus reproduce_write_report(Reproduction *reproduction, Error *error)
{
    OutputFiles files = {0};
    const char *path = arena_format(&reproduction->arena, "%s/report.md", reproduction->folder);
    FILE *stream = output_files_add(&files, path, error);
    if (stream)
        write_report(reproduction, stream);
    return output_files_end(&files, stream ? STORE_FINE : files.status, error);
}

/* Writes "name": "text" and what follows. */
static void write_member(FILE *stream, const char *name, const char *text, const char *end)
{
    fprintf(stream, "\"%s\": ", name);
    escape_json(stream, text);
    fputs(end, stream);
}

static void print_json(const Reproduction *reproduction, FILE *stream)
{
    const Study *study = reproduction->study;
    fputs("{", stream);
    write_member(stream, "study", study->name, ", ");
    write_member(stream, "extent", reproduction->full ? "full" : "quick", ", ");
    fprintf(stream, "\"runs\": %" PRId64 ", ", reproduction->runs);
    write_member(stream, "database", reproduction->database, ", ");
    write_member(stream, "folder", reproduction->folder, ",\n \"claims\": [");
    for (int i = 0; i < reproduction->findings.claim_count; i++) {
        const Claim *claim = &reproduction->findings.claims[i];
        fputs(i ? ",\n  {" : "\n  {", stream);
        write_member(stream, "claim", claim->claim, ", ");
        write_member(stream, "paper", claim->paper, ", ");
        write_member(stream, "obtained", claim->obtained, ", ");
        write_member(stream, "where", claim->where, ", ");
        write_member(stream, "verdict", verdict_name(claim->verdict), ", ");
        write_member(stream, "rule", claim->rule, ", ");
        write_member(stream, "command", claim->command, "}");
    }
    fputs("],\n \"figures\": [", stream);
    bool any = false;
    for (int i = 0; i < study->figure_count; i++) {
        if (!reproduction->drawn || !reproduction->drawn[i])
            continue;
        fputs(any ? ", " : "", stream);
        escape_json(stream, study->figures[i].file);
        any = true;
    }
    fputs("]}\n", stream);
}

void reproduce_print(const Reproduction *reproduction, FILE *stream)
{
    if (reproduction->json) {
        print_json(reproduction, stream);
        return;
    }
    const Study *study = reproduction->study;
    fprintf(stream, "%s, %" PRId64 " runs (%s)\n", study->title, reproduction->runs,
            reproduction->full ? "full" : "quick");
    for (int i = 0; i < reproduction->findings.claim_count; i++) {
        const Claim *claim = &reproduction->findings.claims[i];
        fprintf(stream, "\n%-14s  %s\n", verdict_name(claim->verdict), claim->claim);
        if (*claim->paper)
            fprintf(stream, "    paper     %s\n", claim->paper);
        fprintf(stream, "    obtained  %s\n", *claim->obtained ? claim->obtained : "no runs");
        if (*claim->where)
            fprintf(stream, "    where     %s\n", claim->where);
        fprintf(stream, "    see       %s\n", claim->command);
    }
    fprintf(stream, "\nreport and figures: %s/report.md\n", reproduction->folder);
}
