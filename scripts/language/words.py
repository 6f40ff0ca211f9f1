# A text put together word by word, and how often each word occurs in it.
def count(n):
    state = 1
    text = ""
    for i in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        text += f"word{state % 5000} "
    counts = {}
    for word in text.split():
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    print(len(text), len(counts), counts["word42"])


count(600_000)
