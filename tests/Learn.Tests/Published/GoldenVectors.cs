using System.Text.Json;

namespace DToC.Published;

/// <summary>Published values of models of the customer base.</summary>
internal static class GoldenVectors
{
    /// <summary>The entry of a model.</summary>
    public static JsonElement Of(DataFolder folder, string model)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(folder.File("golden/golden_vectors.json")));
        return document.RootElement.GetProperty("clv").EnumerateArray()
            .Single(entry => entry.GetProperty("model").GetString() == model).Clone();
    }

    /// <summary>A list of numbers of it.</summary>
    public static double[] Numbers(JsonElement entry, string name) =>
        [.. entry.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
}
