using System.Text;
using DToC.Twin.Events;

namespace DToC.Http.Decisions;

/// <summary>The context that a body gives: values by context key.</summary>
internal static class AskedContext
{
    /// <summary>Reads it; what is wrong with it, in words, or null.</summary>
    /// <param name="said">Values by key; null for none.</param>
    /// <param name="limits">How long a value may be.</param>
    /// <param name="context">By slot of the key; null where nothing is said.</param>
    public static string? Read(
        IReadOnlyDictionary<string, string?>? said, EventLimits limits, out string?[] context)
    {
        context = new string?[ContextKeys.Count];
        if (said is null) return null;
        foreach (var (name, value) in said)
        {
            var slot = SlotOf(name);
            if (slot < 0) return $"context.{name} is not known; the keys are {string.Join(", ", ContextKeys.Names)}.";
            if (value is not null && Encoding.UTF8.GetByteCount(value) > limits.MaxContextBytes)
                return $"context.{name} is longer than {limits.MaxContextBytes} bytes.";
            context[slot] = value;
        }
        return null;
    }

    private static int SlotOf(string name)
    {
        for (var i = 0; i < ContextKeys.Count; i++)
        {
            if (ContextKeys.Names[i] == name) return i;
        }
        return -1;
    }
}
