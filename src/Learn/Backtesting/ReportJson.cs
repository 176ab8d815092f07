using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Twin;

namespace DToC.Learn.Backtesting;

/// <summary>How reports are written for programs. The same report gives the same bytes.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new InstantJson(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>A report as JSON, with a line feed at its end.</summary>
    public static string Of<T>(T report) => JsonSerializer.Serialize(report, Options) + "\n";
}
