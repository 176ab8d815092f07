using System.Text.Json;

namespace DToC.Http.Delivery.Templates;

/// <summary>A template that comes with the program.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Template">It.</param>
internal sealed record TemplatePreset(string Name, string Description, JsonElement Template);

/// <summary>Templates that come with the program: the files in <c>definitions/deliveries</c>.</summary>
internal static class TemplatePresets
{
    private const string Folder = "deliveries/";

    private static readonly JsonDocumentOptions WithComments =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<TemplatePreset> All { get; } =
    [
        .. typeof(TemplatePresets).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>Their names, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(preset => preset.Name));

    /// <summary>The one of a name, or null.</summary>
    public static TemplatePreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    private static TemplatePreset Read(string resource)
    {
        using var file = typeof(TemplatePresets).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not within the program.");
        using var document = JsonDocument.Parse(file, WithComments);
        var root = document.RootElement;
        return new TemplatePreset(
            resource[Folder.Length..], root.GetProperty("description").GetString() ?? "",
            root.GetProperty("template").Clone());
    }
}
