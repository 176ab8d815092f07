using System.Text.Json;
using System.Text.Json.Serialization;

namespace DToC.Cli.Mapping;

/// <summary>Reads a mapping from JSON with comments.</summary>
internal static class MappingReader
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>
    /// The mapping in <paramref name="text"/>, compiled; <paramref name="path"/> names it in a fault.
    /// </summary>
    /// <exception cref="CommandFailure">It is not a mapping; the message names line and place.</exception>
    public static CompiledMapping Read(string text, string path)
    {
        try
        {
            var mapping = JsonSerializer.Deserialize<RowMapping>(text, Options)
                ?? throw new CommandFailure(ExitCode.Usage, $"mapping {path} is null: it should be an object.");
            return new CompiledMapping(mapping);
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } number ? $" line {number + 1}" : "";
            throw new CommandFailure(ExitCode.Usage, $"mapping {path}{line}, at {e.Path ?? "$"}: {e.Message}");
        }
        catch (MappingFault fault)
        {
            throw new CommandFailure(ExitCode.Usage, $"mapping {path}: {fault.Message}");
        }
    }
}

/// <summary>A mapping contradicts itself.</summary>
internal sealed class MappingFault(string message) : Exception(message);
