using System.Text.Json;

namespace DToC.Twin.Models.Calibration;

/// <summary>The stored form of a model within another of the same inputs: its kind and its parameters.</summary>
internal static class NestedModel
{
    public static void Write(Utf8JsonWriter writer, string name, PredictiveModel model)
    {
        writer.WriteStartObject(name);
        writer.WriteString("kind", model.Kind);
        writer.WriteStartObject("parameters");
        model.WriteParameters(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static PredictiveModel Read(IReadOnlyList<string> inputs, ModelFields parameters, string name)
    {
        var nested = parameters.Of(name);
        var model = ModelKinds.Make(nested.Text("kind"), inputs, nested.Of("parameters"));
        nested.End();
        return model;
    }
}
