using DToC.Twin.Definitions;
using DToC.Twin.Models.Text;
using DToC.Twin.Plan;

namespace DToC.Embedded;

/// <summary>
/// A definition as the one who starts a program names it, with the lexicons it names: a shipped one by its name, or a
/// file. A lexicon is the file of its name in the definition's folder and nowhere else, unless its path is given too.
/// </summary>
public static class DefinitionFile
{
    /// <summary>Reads it; the second part says what is wrong, or is null.</summary>
    /// <param name="nameOrFile">Name of a shipped definition, or path of a file.</param>
    /// <param name="lexicons">
    /// Paths of lexicons that stand elsewhere; one serves the name that the definition gives its file.
    /// </param>
    public static (PlanSource? Source, string? Fault) Read(string nameOrFile, IReadOnlyList<string>? lexicons = null)
    {
        ArgumentNullException.ThrowIfNull(nameOrFile);
        var shipped = ShippedDefinitions.Find(nameOrFile);
        if (shipped is null && !File.Exists(nameOrFile))
        {
            return (null, $"There is no definition '{nameOrFile}': give a file, or one of "
                + $"{string.Join(", ", ShippedDefinitions.Names)}.");
        }
        var definition = shipped ?? File.ReadAllBytes(nameOrFile);
        // What is wrong with the definition itself the compiler tells.
        if (DefinitionReader.Read(definition.Span, nameOrFile) is not DefinitionReading.Read { Definition: var read })
            return (PlanSource.OfFile(definition), null);
        var named = read.Lexicons;
        if (Strangers(lexicons ?? [], named) is { } fault) return (null, fault);
        var folder = shipped is null ? Path.GetDirectoryName(Path.GetFullPath(nameOrFile)) : null;
        try
        {
            return WithLexicons(PlanSource.OfFile(definition), named, name =>
                lexicons?.FirstOrDefault(given => Path.GetFileName(given) == name)
                ?? (folder is null ? null : Path.Combine(folder, name)));
        }
        catch (InvalidDataException tooMuch)
        {
            return (null, tooMuch.Message);
        }
    }

    private static (PlanSource? Source, string? Fault) WithLexicons(
        PlanSource source, IReadOnlyList<string> named, Func<string, string?> pathOf)
    {
        foreach (var name in named)
        {
            // One that is not there is told by the compiler, with the line that names it.
            if (pathOf(name) is not { } path || !File.Exists(path)) continue;
            if (TooLarge(path) is { } tooLarge) return (null, tooLarge);
            source = source.WithLexicon(name, File.ReadAllBytes(path));
        }
        return (source, null);
    }

    private static string? Strangers(IReadOnlyList<string> lexicons, IReadOnlyList<string> named)
    {
        foreach (var path in lexicons)
        {
            if (!File.Exists(path)) return $"There is no lexicon file '{path}'.";
            if (named.Contains(Path.GetFileName(path), StringComparer.Ordinal)) continue;
            return $"The definition names no lexicon '{Path.GetFileName(path)}'; it names "
                + (named.Count == 0 ? "none." : $"{string.Join(", ", named)}.");
        }
        return null;
    }

    private static string? TooLarge(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= LexiconFile.MaxBytes
            ? null
            : $"The lexicon '{path}' has {length} bytes; at most {LexiconFile.MaxBytes} are read.";
    }
}
