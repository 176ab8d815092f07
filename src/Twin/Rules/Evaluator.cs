namespace DToC.Twin.Rules;

/// <summary>Runs compiled instructions: one pass forward, no recursion, nothing allocated.</summary>
internal static class Evaluator
{
    /// <summary>The value the instructions leave.</summary>
    /// <param name="code">
    /// As the emitter made it: it never needs more than <paramref name="depth"/> values.
    /// </param>
    /// <param name="depth">Values to hold at a time, at most <see cref="ExpressionLimits.Stack"/>.</param>
    /// <param name="numbers">Numbers and booleans by slot; NaN is missing.</param>
    /// <param name="texts">Hashes of texts by slot; 0 is missing.</param>
    public static double Run(
        ReadOnlySpan<Instruction> code, int depth, ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts)
    {
        Span<double> stack = stackalloc double[depth];
        var top = -1;
        for (var next = 0; next < code.Length; next++)
        {
            ref readonly var step = ref code[next];
            switch (step.Op)
            {
                case Op.Constant:
                    stack[++top] = step.Constant;
                    break;
                case Op.LoadNumber:
                    stack[++top] = Arithmetic.Finite(numbers[step.Argument]);
                    break;
                case Op.LoadBoolean:
                    stack[++top] = Arithmetic.Boolean(numbers[step.Argument]);
                    break;
                case >= Op.TextEqual and <= Op.TextMissing:
                    stack[++top] = Arithmetic.Truth(Compare(step, texts));
                    break;
                case Op.Jump:
                    next = step.Argument - 1;
                    break;
                case Op.JumpIfFalse:
                    if (stack[top] == Arithmetic.False)
                        next = step.Argument - 1;
                    break;
                case Op.JumpIfTrue:
                    if (stack[top] == Arithmetic.True)
                        next = step.Argument - 1;
                    break;
                case Op.JumpIfPresent:
                    if (double.IsNaN(stack[top]))
                        top--;
                    else
                        next = step.Argument - 1;
                    break;
                case Op.JumpUnlessTrue:
                    if (stack[top--] != Arithmetic.True)
                        next = step.Argument - 1;
                    break;
                case < Op.Add:
                    stack[top] = Arithmetic.Unary(step.Op, stack[top]);
                    break;
                case < Op.Min:
                    top--;
                    stack[top] = Arithmetic.Binary(step.Op, stack[top], stack[top + 1]);
                    break;
                default:
                    top -= step.Argument - 1;
                    stack[top] = Arithmetic.Many(step.Op, stack.Slice(top, step.Argument));
                    break;
            }
        }
        return stack[top];
    }

    private static bool Compare(in Instruction step, ReadOnlySpan<ulong> texts)
    {
        var text = texts[step.Argument];
        if (step.Op == Op.TextMissing)
            return text == 0;
        var other = step.Op >= Op.TextEqualSlot ? texts[(int)step.Bits] : step.Bits;
        if (text == 0 || other == 0)
            return false;
        return text == other == step.Op is Op.TextEqual or Op.TextEqualSlot;
    }
}
