namespace DToC.Twin.Definitions;

/// <summary>The definitions that come with the program, by the name of their file.</summary>
public static class ShippedDefinitions
{
    /// <summary>The definition of a first start that asks for none.</summary>
    public const string Default = "retail";

    private const string Folder = "definitions/";
    private const string Ending = ".jsonc";

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ShippedDefinitions).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>The bytes of one's file, or null when there is none of this name.</summary>
    public static ReadOnlyMemory<byte>? Find(string name)
    {
        using var file = typeof(ShippedDefinitions).Assembly.GetManifestResourceStream(Folder + name + Ending);
        if (file is null) return null;
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
