using DToC.Twin.Definitions;
using Xunit.Sdk;

namespace DToC.Twin.Tests.Definitions;

/// <summary>The shipped definitions.</summary>
internal static class DefinitionFiles
{
    public static readonly string Folder = Path.Combine(Root(), "definitions");

    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(Folder, "*.jsonc").Order(StringComparer.Ordinal);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".jsonc"));

    public static Definition Read(string name) => DefinitionReader.Read(Bytes(name), name + ".jsonc") switch
    {
        DefinitionReading.Read read => read.Definition,
        DefinitionReading.Invalid invalid => throw new XunitException(string.Join('\n', invalid.Errors)),
        var other => throw new XunitException($"{other}"),
    };

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DToC.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new XunitException("DToC.sln is in no folder above.");
        return folder;
    }
}
