// The search field of a page: writes to the URL when typing pauses. Owns only what is not yet written.
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { useDebounced } from "./useDebounced";

interface SearchFieldProps {
  value: string;
  label: string;
  onChange: (value: string) => void;
  placeholder?: string;
  className?: string;
}

export function SearchField({ value, label, onChange, placeholder, className = "w-64" }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    // Only typing may write; a change of the URL arrives through `value`.
    if (settled === typed && settled !== value) onChange(settled);
  }, [settled]);
  return (
    <div className={`control max-w-full px-2.5 focus-within:border-accent ${className}`}>
      <Search size={14} className="shrink-0 text-muted" aria-hidden />
      <input
        type="search"
        data-page-search
        className="min-w-0 flex-1 bg-transparent outline-none"
        placeholder={placeholder ?? "Service, method or route"}
        aria-label={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}
