namespace DToC.Twin.Models;

/// <summary>What an exception about an argument says, for people who gave a file and know no parameters.</summary>
public static class ArgumentWords
{
    /// <summary>The message without the parameter's name that .NET puts behind it.</summary>
    public static string Of(ArgumentException wrong)
    {
        ArgumentNullException.ThrowIfNull(wrong);
        return wrong.ParamName is { } name
            ? wrong.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : wrong.Message;
    }
}
