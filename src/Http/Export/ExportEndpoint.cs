using System.Text.Json;
using DToC.Grains;
using DToC.Http.Erasures;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Export;

/// <summary><c>GET /v1/twins/{id}/export</c> and its schema.</summary>
internal static class ExportEndpoint
{
    private const string SchemaResource = "export.schema.json";

    public static void MapExport(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.ExportTwin, ExportAsync).Produces<ExportForm>().WithProblems(404, 410);
        app.Map(Routes.ReadExportSchema, ReadSchema).Produces<JsonElement>();
    }

    private static async Task<Results<JsonHttpResult<ExportForm>, ProblemResult>> ExportAsync(
        string id, HttpContext http, TwinLookup twins, ITwinHost host, HttpOptions options, TimeProvider time)
    {
        var customer = TwinLookup.IdOf(id);
        if (!TwinLookup.IsId(customer, options)) return twins.NotFound(id);
        if (host.IsErased(GrainKey.Customer(customer))) return twins.NotFound(id);
        var now = Instant.From(time.GetUtcNow());
        var subject = await CustomerSubject.FindAsync(host, host.Plans, customer, http.RequestAborted);
        List<KeptRecord> kept = [];
        await foreach (var record in host.ReadKeptAsync(subject, http.RequestAborted)) kept.Add(record);
        if (kept.Count == 0) return twins.NotFound(id);
        var words = new RecordExport(host.Plans, now);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"export.json\"";
        return TypedResults.Json(
            new ExportForm(
                Routes.ReadExportSchema.Pattern, Format: 1, now, customer, subject.Customers,
                [.. subject.Identifiers.Select(known => new ExportedIdentifier(known.Name, known.Value))],
                KeptCountsForm.Of(KeptCounts.Of(kept)), kept.ConvertAll(words.Of)),
            ExportForm.Json);
    }

    private static IResult ReadSchema() => Results.Stream(
        typeof(ExportEndpoint).Assembly.GetManifestResourceStream(SchemaResource)
            ?? throw new InvalidOperationException($"The resource '{SchemaResource}' is not in the assembly."),
        "application/schema+json");
}
