using System.Text.Json;
using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>
/// Makes a model of this build of the bytes of one that was trained elsewhere: LightGBM's text and JSON, XGBoost's
/// JSON, UBJ and old binary form, ONNX with trees or linear models, and linear models as JSON.
/// </summary>
/// <remarks>
/// What is not wholly understood is refused by name: an unknown key, objective, booster, operator or version. Nothing
/// is read past the end of the bytes, and nothing grows beyond what they can hold.
/// </remarks>
public static class ModelImport
{
    /// <summary>Most bytes of a file.</summary>
    public const int MaxBytes = ModelFile.MaxBytes;

    private const string Known =
        "Known are LightGBM's text and JSON, XGBoost's JSON, UBJ and binary form, ONNX, and linear models as JSON.";

    // Of the deepest tree, written as objects in objects.
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = DecisionTree.MaxDepth + 16 };

    /// <summary>Reads a model.</summary>
    /// <param name="bytes">The file's content, which tells its form.</param>
    /// <param name="options">What is to be made of it.</param>
    /// <exception cref="InvalidDataException">It is no model that is known; the message says why.</exception>
    public static ModelFile Read(ReadOnlyMemory<byte> bytes, ImportOptions? options = null)
    {
        if (bytes.Length > MaxBytes)
            throw new InvalidDataException($"{bytes.Length} bytes; a model has at most {MaxBytes}.");
        // Some editors put the mark of UTF-8 before a text.
        if (bytes.Span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        try
        {
            return Find(bytes).ToFile(options ?? ImportOptions.AsIs);
        }
        // A text that is no Unicode is met only when it is read, and then as an invalid operation.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"The model is no JSON: {wrong.Message}", wrong);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException(ArgumentWords.Of(wrong), wrong);
        }
    }

    private static ImportedModel Find(ReadOnlyMemory<byte> bytes)
    {
        if (LightGbmText.IsIt(bytes.Span)) return LightGbmText.Read(bytes.Span);
        if (XgBoostBinary.IsIt(bytes.Span)) return XgBoostBinary.Read(bytes);
        if (Ubj.IsIt(bytes.Span)) return OfJson(Ubj.ToJson(bytes), "UBJ");
        var text = bytes.Span.TrimStart(" \t\r\n"u8);
        if (text.Length > 0 && text[0] == '{') return OfJson(bytes, "JSON");
        return Onnx.IsIt(bytes.Span)
            ? Onnx.Read(bytes)
            : throw new InvalidDataException($"The form is not known. {Known}");
    }

    private static ImportedModel OfJson(ReadOnlyMemory<byte> json, string form)
    {
        using var document = JsonDocument.Parse(json, Json);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object)
        {
            if (root.TryGetProperty("learner", out _)) return XgBoostJson.Read(root, form);
            if (root.TryGetProperty("tree_info", out _)) return LightGbmJson.Read(root);
            if (root.TryGetProperty("linear", out _)) return LinearJson.Read(root);
        }
        throw new InvalidDataException($"The JSON has neither 'learner' nor 'tree_info' nor 'linear' in it. {Known}");
    }
}
