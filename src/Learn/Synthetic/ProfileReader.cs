using System.Text.Json;
using System.Text.Json.Serialization;

namespace DToC.Learn.Synthetic;

/// <summary>A profile, or why there is none.</summary>
/// <param name="Profile">The profile, checked; null when there is a fault.</param>
/// <param name="Fault">What is wrong, where, and what would be right; null when there is a profile.</param>
public readonly record struct ProfileReading(PopulationProfile? Profile, string? Fault);

/// <summary>Reads profiles from JSON with comments: the shipped ones by name, others from files.</summary>
public static class ProfileReader
{
    private const string Folder = "profiles/";
    private const string Ending = ".jsonc";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        AllowTrailingCommas = true,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Names of the shipped profiles, sorted.</summary>
    public static IReadOnlyList<string> Shipped { get; } =
    [
        .. typeof(ProfileReader).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A shipped profile by its name, or else the one in the file of that path.</summary>
    public static ProfileReading Read(string nameOrPath)
    {
        using var shipped = typeof(ProfileReader).Assembly.GetManifestResourceStream(Folder + nameOrPath + Ending);
        if (shipped != null)
            return Parse(new StreamReader(shipped).ReadToEnd(), nameOrPath);
        if (File.Exists(nameOrPath))
            return Parse(File.ReadAllText(nameOrPath), nameOrPath);
        var names = string.Join(", ", Shipped);
        return new(null, $"No profile '{nameOrPath}': give one of {names}, or the path of a profile file.");
    }

    /// <summary>
    /// The profile in <paramref name="json"/>; <paramref name="from"/> names it in a fault.
    /// </summary>
    public static ProfileReading Parse(string json, string from)
    {
        try
        {
            var profile = JsonSerializer.Deserialize<PopulationProfile>(json, Options);
            if (profile == null)
                return new(null, $"Profile {from} is null: it should be an object.");
            var faults = ProfileCheck.FaultsOf(profile);
            return faults.Count == 0
                ? new(profile, null)
                : new(null, $"Profile {from}: {string.Join("; ", faults)}.");
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } number ? $" line {number + 1}" : "";
            return new(null, $"Profile {from}{line}, at {e.Path ?? "$"}: {e.Message}");
        }
    }
}
